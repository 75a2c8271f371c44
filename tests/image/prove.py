"""Carries the Dockerfile out in a bare Debian, without a container engine: `make image-proof`, as root.

Each stage becomes a folder and each RUN a chroot into it; then the ENTRYPOINT and CMD run as the image's user
in a network of their own, the HEALTHCHECK has to pass, and the stop signal has to end it with 0. The base
image is stood in for by a Debian of the same release with the same Python.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.image.context import context
from tests.image.dockerfile import Instruction, Stage, assignments, parse
from tests.image.root import PATH, Failed, Root, fresh, package_index, remove

PROJECT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("IMAGE_PROOF", "/var/tmp/trafficlight-image"))  # noqa: S108 - the root's own, kept
START = 60.0  # seconds until healthy: a container's usual grace, and more than an empty ledger ever needs
STOP = 10.0  # seconds between the stop signal and a container engine's kill


@dataclass(slots=True, kw_only=True)
class Built:
    """A stage carried out: its folder and what its image would remember."""

    root: Root
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": PATH, "HOME": "/root"})
    workdir: str = "/"
    user: str = "root"


def main() -> int:
    if os.geteuid() != 0:
        print("image-proof: needs root, for chroot and mount", file=sys.stderr)
        return 1
    if "IMAGE_PROOF_INSIDE" not in os.environ:
        # Mounts and processes of the proof end with it, however it ends.
        os.environ["IMAGE_PROOF_INSIDE"] = "1"
        again = [sys.executable, "-m", "tests.image.prove"]
        os.execvp("unshare", ["unshare", "--mount-proc", "--pid", "--fork", "--kill-child", *again])
    stages = parse((PROJECT / "Dockerfile").read_text("utf-8"))
    try:
        built = build(stages)
        serve(stages[-1], built[stages[-1].name])
    except Failed as failure:
        print(f"image-proof: failed: {failure}", file=sys.stderr)
        return 1
    for image in built.values():
        remove(image.root)
    print("image-proof: built, healthy, stopped with 0")
    return 0


def build(stages: list[Stage]) -> dict[str, Built]:
    built: dict[str, Built] = {}
    for stage in stages:
        print(f"image-proof: stage {stage.name}, a bare Debian for {stage.base}", flush=True)
        image = built[stage.name] = Built(root=fresh(FOLDER, stage.name))
        for instruction in stage.instructions:
            carry_out(instruction, image, built)
    return built


def carry_out(instruction: Instruction, image: Built, built: dict[str, Built]) -> None:
    match instruction.verb:
        case "RUN":
            print(f"image-proof: RUN {instruction.rest}", flush=True)
            settings, files = package_index()
            with image.root.lent(files):
                environment = {**settings, **image.environment}
                image.root.run(instruction.rest, environment=environment, workdir=image.workdir)
        case "COPY" if "from" in instruction.flags:
            source, target = instruction.words
            there = built[instruction.flags["from"]].root.inside(source)
            subprocess.run(["cp", "--archive", str(there), str(image.root.inside(target))], check=True)
        case "COPY":
            copy(instruction.words, image)
        case "ENV":
            image.environment |= assignments(instruction, image.environment)
        case "WORKDIR":
            image.workdir = instruction.rest
            image.root.inside(image.workdir).mkdir(parents=True, exist_ok=True)
        case "USER":
            image.user = instruction.rest


def copy(words: list[str], image: Built) -> None:
    *sources, target = words
    files = list(context(PROJECT))
    for source in sources:
        wanted = [path for path in files if source == "." or path.is_relative_to(source)]
        if not wanted:
            raise Failed(f"COPY {source}: .dockerignore lets nothing of it through")
        for path in wanted:
            there = image.root.inside(image.workdir) / target / path
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / path, there)


def serve(stage: Stage, image: Built) -> None:
    start = [word for verb in ("ENTRYPOINT", "CMD") if (given := stage.last(verb)) for word in given.words]
    print(f"image-proof: as {image.user}: {' '.join(start)}", flush=True)
    command = image.root.command(start, user=image.user, workdir=image.workdir)
    alone = ["unshare", "--net", "/bin/sh", "-c", 'ip link set lo up && exec "$@"', "sh", *command]
    environment = image.environment | {"HOME": "/data"}
    server = subprocess.Popen(alone, env=environment, stdin=subprocess.DEVNULL)
    try:
        become_healthy(stage, image, server)
        stop = stage.last("STOPSIGNAL")
        server.send_signal(signal.Signals[stop.rest] if stop else signal.SIGTERM)
        code = server.wait(STOP)
    except subprocess.TimeoutExpired as late:
        raise Failed(f"not stopped within {STOP:.0f} s") from late
    finally:
        server.kill()
    if code:
        raise Failed(f"stopped with {code}")


def become_healthy(stage: Stage, image: Built, server: subprocess.Popen[bytes]) -> None:
    check = stage.last("HEALTHCHECK")
    if check is None:
        raise Failed("no HEALTHCHECK")
    question = Instruction(verb="CMD", flags={}, rest=check.rest.removeprefix("CMD ")).words
    command = image.root.command(question, user=image.user, workdir=image.workdir)
    beside = ["nsenter", f"--net=/proc/{server.pid}/ns/net", *command]
    end, answer = time.monotonic() + START, ""
    while time.monotonic() < end:
        if server.poll() is not None:
            raise Failed(f"ended with {server.returncode} before it was healthy")
        asked = subprocess.run(beside, env=image.environment, check=False, capture_output=True, text=True)
        if asked.returncode == 0:
            return
        answer = asked.stderr
        time.sleep(0.5)
    raise Failed(f"not healthy within {START:.0f} s: {answer}")


if __name__ == "__main__":
    sys.exit(main())
