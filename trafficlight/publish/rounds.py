"""How a visit to a stop with a rota is told."""

from trafficlight.domain.day import local
from trafficlight.domain.state import RotaSlot
from trafficlight.publish import words
from trafficlight.text.languages import N_, translate


def hours(visit: RotaSlot, zone: str, lang: str) -> str:
    """8:30-11:30、14:00-17:00; empty where the hours are not known."""
    spans = [(local(start, zone), local(end, zone)) for start, end in visit.spans]
    return translate(N_("、"), lang).join(
        f"{words.clock(start)}-{words.clock(end) if end.hour or end.minute else '24:00'}"
        for start, end in spans
    )


def values(visit: RotaSlot | None, zone: str, lang: str) -> dict[str, str]:
    """What the sentences about a visit are filled in with: its day and first hour, and all its hours."""
    if visit is None:
        return {}
    day, told = words.day_long(visit.day, lang), hours(visit, zone, lang)
    if not told:
        return {"visit": day, "hours": translate(N_("，到达时间请先打电话询问"), lang)}
    first = words.clock(local(visit.spans[0][0], zone))
    return {
        "visit": translate(N_("{day} {clock}起"), lang).format(day=day, clock=first),
        "hours": translate(N_("，{hours}"), lang).format(hours=told),
    }
