"""Law: two touches. What is in a room is in its table, and the other way round."""

import pkgutil
from collections.abc import Iterable, Mapping
from importlib import import_module
from types import ModuleType

from tests.golden.test_golden import EXPECTED
from tests.golden.views import VIEWS
from trafficlight import ledger
from trafficlight.domain import rules
from trafficlight.domain.rules import RULES
from trafficlight.ledger.opening import LEDGERS
from trafficlight.publish import formats, targets
from trafficlight.publish.formats import FORMATS
from trafficlight.publish.targets import TARGETS


def test_two_touches() -> None:
    """A new format, rule kind, ledger or target is one module and one row; what is missing is said."""
    wrong = [
        *strays("FORMATS", formats, modules(formats, but=("base",)), {form.name: form for form in FORMATS}),
        *strays("RULES", rules, modules(rules, but=("base", "steady")), {rule.kind: rule for rule in RULES}),
        *strays("LEDGERS", ledger, openers(), opened_ledgers()),
        *strays("TARGETS", targets, modules(targets, but=("base",)), opened_targets()),
        *goldens(),
        *claimed_twice(),
    ]
    assert not wrong, "\n".join(wrong)


def modules(room: ModuleType, but: Iterable[str] = ()) -> set[str]:
    return {module.name for module in pkgutil.iter_modules(room.__path__)} - set(but)


def openers() -> set[str]:
    """The ledgers are the modules and packages of their room that open one, and its leases."""
    room = ledger.__name__
    there = {name: import_module(f"{room}.{name}") for name in modules(ledger, but=("opening",))}
    return {name for name, module in there.items() if {"open_url", "open_leases"} <= vars(module).keys()}


def opened_ledgers() -> dict[str, object]:
    """By their module: several schemes lead to Redis, which is loaded only where one of them is used."""
    return {name.rpartition(".")[2]: import_module(name).open_url for name in sorted({*LEDGERS.values()})}


def opened_targets() -> dict[str, object]:
    """By their module, for several schemes may lead to one. A target does nothing before it is opened."""
    made = [make(f"{scope}://nowhere" if scope else "nowhere") for scope, make in TARGETS.items()]
    room = len(targets.__name__) + 1
    return {type(target).__module__[room:].partition(".")[0]: target for target in made}


def strays(table: str, room: ModuleType, there: set[str], rows: Mapping[str, object]) -> Iterable[str]:
    where = room.__name__.replace(".", "/")
    for name in sorted(there - rows.keys()):
        yield f"{where}/{name} is there, but {table} has no row for it"
    for name in sorted(rows.keys() - there):
        yield f"{table} has a row {name!r}, but there is no {where}/{name}"
    for name, row in rows.items():
        home = getattr(row, "__module__", "")
        if name in there and not f"{home}.".startswith(f"{room.__name__}.{name}."):
            yield f"the row {name!r} of {table} is made of {home}, not of {where}/{name}"


def goldens() -> Iterable[str]:
    folders = {folder.name for folder in EXPECTED.iterdir()}
    for form in FORMATS:
        if form.name not in folders:
            yield f"the format {form.name} has no golden folder: make golden"


def claimed_twice() -> Iterable[str]:
    claims: dict[str, str] = {}
    for form in FORMATS:
        for view in VIEWS[form.scope]:
            for artifact in form.make(view):
                other = claims.setdefault(artifact.path, form.name)
                if other != form.name:
                    yield f"{other} and {form.name} both make {artifact.path}"


def test_a_missing_row_and_a_missing_module_are_named() -> None:
    site_page, notice = (
        next(form for form in FORMATS if form.name == name) for name in ("site_page", "notice")
    )
    assert list(strays("FORMATS", formats, {"notice", "poster"}, {"notice": notice, "fhir": site_page})) == [
        "trafficlight/publish/formats/poster is there, but FORMATS has no row for it",
        "FORMATS has a row 'fhir', but there is no trafficlight/publish/formats/fhir",
    ]
    (crossed,) = strays("FORMATS", formats, {"notice"}, {"notice": site_page})
    assert crossed.startswith("the row 'notice' of FORMATS is made of trafficlight.publish.formats.site_page")
