"""The files of a deployment are what the program, Redis and Prometheus would take."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.image.dockerfile import parse as stages_of
from trafficlight.ledger.redis.address import parse as parse_redis
from trafficlight.metrics import Metrics
from trafficlight.publish.targets import target_of
from trafficlight.settings import TABLE, Settings, read_settings
from trafficlight.web.node import Node
from trafficlight.web.ops import create_ops

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
FLAGS = {row.flag: row.name for row in TABLE if row.flag}
KEPT = {("--appendonly", "yes"), ("--appendfsync", "always"), ("--maxmemory-policy", "noeviction")}


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return found


def manifests() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text()))


def of_kind(kind: str, name: str) -> dict[str, Any]:
    return next(one for one in manifests() if (one["kind"], one["metadata"]["name"]) == (kind, name))


def container(kind: str, name: str) -> dict[str, Any]:
    containers = of_kind(kind, name)["spec"]["template"]["spec"]["containers"]
    found: dict[str, Any] = next(one for one in containers if one["name"] == name)
    return found


def nodes() -> Iterator[tuple[str, list[str], dict[str, str]]]:
    """Each node's name, command and environment."""
    for name, service in compose()["services"].items():
        if service.get("command", [""])[0] == "serve":
            yield name, service["command"], service["environment"]
    pod = container("Deployment", "trafficlight")
    args = [part for arg in pod["args"] for part in arg.split("=", 1)]
    yield "pod", args, {one["name"]: one["value"] for one in pod["env"]}


def settings_of(command: list[str], environment: dict[str, str]) -> Settings:
    """As `serve` would read them; a flag or a name that the program does not know is a `KeyError`."""
    assert set(environment) <= {row.env for row in TABLE}
    flags: dict[str, Any] = {}
    for flag, value in zip(command[1::2], command[2::2], strict=True):
        name = FLAGS[flag]
        flags[name] = (*flags.get(name, ()), value) if name == "targets" else value
    return read_settings(environment, **flags)


@pytest.mark.parametrize(("name", "command", "environment"), list(nodes()), ids=lambda what: str(what)[:8])
def test_a_node_is_told_what_the_program_knows(
    name: str, command: list[str], environment: dict[str, str]
) -> None:
    settings = settings_of(command, environment)
    assert parse_redis(settings.ledger).hosts == (("redis", 6379),)
    assert settings.secret_key_file is not None, "every node signs with the same secret"
    assert settings.trusted_proxies == 1
    assert settings.ops[1] == 9090
    assert not settings.ops[0].startswith("127."), "monitoring and probes come from outside of the container"
    for address in settings.targets:
        assert target_of(address).name


def test_nodes_are_told_alike_and_one_has_the_folder() -> None:
    """A folder belongs to one node; a bucket's address is every node's, letter by letter."""
    read = {name: settings_of(command, environment) for name, command, environment in nodes()}
    assert [name for name in ("node-1", "node-2") if read[name].targets == ("/tree",)] == ["node-1"]
    assert read["node-2"].targets == ()
    assert read["node-1"].ledger == read["node-2"].ledger
    assert read["pod"].targets[0].startswith("s3://")
    assert of_kind("Deployment", "trafficlight")["spec"]["replicas"] > 1


def test_redis_keeps_what_it_acknowledges() -> None:
    for command in (compose()["services"]["redis"]["command"], container("StatefulSet", "redis")["args"]):
        assert set(zip(command[1::2], command[2::2], strict=True)) >= KEPT
    assert "ports" not in compose()["services"]["redis"], "it has no password"


def in_bytes(text: str) -> int:
    """Of Redis (`2gb`), compose (`3g`) and Kubernetes (`3Gi`), all by 1,024."""
    number, unit = re.fullmatch(r"(\d+)([gm])(?:b|i)?", text.lower()).groups()  # type: ignore[union-attr]
    return int(number) * {"m": 2**20, "g": 2**30}[unit]


def test_redis_is_full_before_its_memory_is() -> None:
    """It says so then, and reports are told 503; the kernel would end it."""
    pod, service = container("StatefulSet", "redis"), compose()["services"]["redis"]
    for command, limit in (
        (service["command"], service["mem_limit"]),
        (pod["args"], pod["resources"]["limits"]["memory"]),
    ):
        most = dict(zip(command[1::2], command[2::2], strict=True))["--maxmemory"]
        assert in_bytes(limit) >= 1.5 * in_bytes(most), "the append-only file is written anew beside it"


def test_old_records_leave_redis_for_where_every_node_reads_them() -> None:
    ledgers = {name: settings_of(command, environment).ledger for name, command, environment in nodes()}
    assert ledgers["node-1"] == ledgers["node-2"]
    assert all(parse_redis(ledger).archive for ledger in ledgers.values())
    services = compose()["services"]
    for name in ("node-1", "node-2", "archive", "tree"):
        assert "archive:/archive" in services[name]["volumes"], name
    assert (
        f"trafficlight ledger archive --ledger '{ledgers['node-1']}'" in services["archive"]["entrypoint"][-1]
    )
    job, pod = (
        of_kind("CronJob", "archive")["spec"]["jobTemplate"]["spec"]["template"],
        container("Deployment", "trafficlight"),
    )
    (once,) = job["spec"]["containers"]
    assert once["args"] == ["ledger", "archive", f"--ledger={ledgers['pod']}"]
    assert once["image"] == pod["image"]
    assert once["volumeMounts"][0] in pod["volumeMounts"], "the bucket's credentials"
    (pages,) = (word for word in pod["args"] if word.startswith("--target="))
    assert f"s3://{pages.split('/')[2]}/" not in ledgers["pod"], (
        "everybody reads the pages' bucket, nobody the ledger's"
    )
    label = job["metadata"]["labels"]["app"]
    assert label != of_kind("Service", "trafficlight")["spec"]["selector"]["app"], "it answers nobody"
    assert label in str(of_kind("NetworkPolicy", "redis")["spec"]["ingress"]), "Redis hears it"


def test_how_full_redis_is_can_be_seen() -> None:
    scraped = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text())["scrape_configs"]
    (target,) = next(one for one in scraped if one["job_name"] == "redis")["static_configs"][0]["targets"]
    assert target.partition(":")[0] in compose()["services"]
    annotations = of_kind("StatefulSet", "redis")["spec"]["template"]["metadata"]["annotations"]
    assert annotations["prometheus.io/port"] == target.partition(":")[2]
    assert {"port": 9121} in of_kind("NetworkPolicy", "redis")["spec"]["ingress"][1]["ports"]


def test_probes_ask_pages_that_there_are() -> None:
    routes = {str(route.resource and route.resource.canonical) for route in ops_routes()}
    pod = container("Deployment", "trafficlight")
    ports = {port["name"]: port["containerPort"] for port in pod["ports"]}
    settings = dict(
        zip(*[iter(part for arg in pod["args"][1:] for part in arg.split("=", 1))] * 2, strict=True)
    )
    assert ports == {"http": 8080, "ops": 9090}
    assert settings["--listen"].endswith(":8080")
    wanted = {"startupProbe": "/ready", "livenessProbe": "/live", "readinessProbe": "/ready"}
    for probe, path in wanted.items():
        assert pod[probe]["httpGet"] == {"path": path, "port": "ops"}
        assert path in routes
    annotations = of_kind("Deployment", "trafficlight")["spec"]["template"]["metadata"]["annotations"]
    assert annotations["prometheus.io/path"] in routes
    assert "http://127.0.0.1:9090/ready" in compose()["services"]["node-1"]["healthcheck"]["test"][-1]


def ops_routes() -> Any:
    return create_ops(Node(Settings(), lambda: None).health()).router.routes()  # type: ignore[arg-type,return-value]


def test_pods_run_as_the_images_user_and_have_time_to_stop() -> None:
    user = re.search(r"useradd --uid (\d+)", (ROOT / "Dockerfile").read_text())
    assert user is not None
    spec = of_kind("Deployment", "trafficlight")["spec"]["template"]["spec"]
    assert spec["securityContext"]["runAsUser"] == int(user[1])
    assert f"{user[1]}:{user[1]}" in compose()["services"]["tree"]["entrypoint"]
    assert spec["terminationGracePeriodSeconds"] > 10
    assert compose()["services"]["node-1"]["stop_grace_period"] == "15s"
    entry = stages_of((ROOT / "Dockerfile").read_text())[-1].last("ENTRYPOINT")
    assert entry is not None
    assert entry.rest == '["trafficlight"]', "what stands in `command` are its arguments"


def test_nginx_has_room_beside_all_live_pages() -> None:
    """Each holds two connections, and all may come to one worker."""
    nginx = compose()["services"]["nginx"]
    whole, own = ((DEPLOY / f"nginx/{name}.conf").read_text() for name in ("nginx", "trafficlight"))
    assert "./nginx/nginx.conf:/etc/nginx/nginx.conf:ro" in nginx["volumes"]
    files, connections, live = (
        int(re.findall(rf"^ *{name} (\d+);", text, re.MULTILINE)[0])
        for name, text in (
            ("worker_rlimit_nofile", whole),
            ("worker_connections", whole),
            ("limit_conn live", own),
        )
    )
    served = [settings_of(command, environment).live_streams for name, command, environment in nodes()][:2]
    assert live >= sum(served), "nodes say themselves when they have no room"
    assert connections >= 3 * live
    assert nginx["ulimits"]["nofile"] >= files >= 2 * connections, "a page is a connection and an open file"


def test_what_is_mounted_from_here_is_here() -> None:
    made_by_hand = {"certificate", "secret.key"}
    for service in compose()["services"].values():
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            if source.startswith("./") and source[2:] not in made_by_hand:
                assert (DEPLOY / source).exists(), source
            elif not source.startswith("./"):
                assert source in compose()["volumes"]


def test_no_secret_is_in_the_files() -> None:
    for file in DEPLOY.rglob("*"):
        if file.is_file():
            assert not re.search(
                r"(?i)(password|secret_access_key|secret_key) *[:=] *\S", file.read_text()
            ), file


# --- Prometheus and Grafana ---------------------------------------------------------------------------------


def measured() -> set[str]:
    """The names of all series that a node tells."""
    names = set()
    for family, kind in re.findall(r"^# TYPE (\w+) (\w+)", Metrics().render().decode(), re.MULTILINE):
        ends = ("_bucket", "_sum", "_count") if kind == "histogram" else ("",)
        names |= {family + end for end in ends}
    return names


def expressions() -> Iterator[tuple[str, str]]:
    rules = yaml.safe_load((DEPLOY / "prometheus/alerts.yml").read_text())
    for group in rules["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]
    for panel in json.loads((DEPLOY / "grafana/trafficlight.json").read_text())["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


def test_every_metric_that_is_asked_for_is_told() -> None:
    known = measured()
    asked = {(where, name) for where, text in expressions() for name in re.findall(r"trafficlight_\w+", text)}
    assert len(asked) > 20
    assert [one for one in sorted(asked) if one[1] not in known] == []


def test_every_label_that_is_asked_for_is_told() -> None:
    """By the table of metrics in docs/settings.md, which names each one's labels."""
    table = dict(
        re.findall(r"\| `(trafficlight_\w+?)(?:\{([\w,]*)\})?`", (ROOT / "docs/settings.md").read_text())
    )
    for where, text in expressions():
        for name, matched in re.findall(r"(trafficlight_\w+)\{([^}]*)\}", text):
            family = re.sub(r"_(bucket|sum|count)$", "", name)
            labels = set(re.findall(r"(\w+)=", matched))
            assert labels <= {*table[family].split(","), "job", "instance"}, (where, name)


def test_alerts_name_pages_of_the_runbook_that_there_are() -> None:
    runbook = (ROOT / "docs/runbook.md").read_text()
    rules = (DEPLOY / "prometheus/alerts.yml").read_text()
    for title in re.findall(r'docs/runbook\.md, "([^"]+)"', rules):
        assert f"### {title}" in runbook, title


@pytest.mark.parametrize(
    "words", [("check", "config", "prometheus.yml"), ("test", "rules", "alerts.test.yml")], ids=" ".join
)
def test_prometheus_takes_them(words: tuple[str, ...]) -> None:
    program = shutil.which("promtool")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("promtool is missing")
        pytest.skip("promtool is missing: apt-get install prometheus")
    done = subprocess.run(
        [program, *words], cwd=DEPLOY / "prometheus", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


# --- systemd ------------------------------------------------------------------------------------------------

UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def unit(name: str) -> dict[str, list[str]]:
    """What the unit says, by key; a key may be said more than once."""
    said: dict[str, list[str]] = {}
    for line in (DEPLOY / "systemd" / name).read_text().splitlines():
        key, found, value = line.partition("=")
        if found and not line.startswith("#"):
            said.setdefault(key, []).append(value)
    return said


def test_the_unit_starts_what_the_program_knows() -> None:
    said = unit("trafficlight.service")
    settings = settings_of(said["ExecStart"][0].split()[1:], {})
    assert settings.targets == tuple(said["ReadWritePaths"])
    assert str(settings.data) == f"/var/lib/{said['StateDirectory'][0]}"
    assert said["StartLimitIntervalSec"] == ["0"], "tried again for as long as it takes"
    assert said["Wants"] == said["After"] == ["network-online.target"]
    assert (said["Type"], said["Restart"]) == (["notify"], ["always"])


def test_the_folders_that_units_write_to_are_made_for_their_user() -> None:
    made = {line.split()[1]: line.split() for line in TMPFILES.splitlines() if not line.startswith("#")}
    for file in UNITS:
        for folder in unit(file.name)["ReadWritePaths"]:
            assert made[folder][3:] == unit(file.name)["User"] * 2
    assert made["/var/www/fever"][2] == "0755", "nginx reads it"


TMPFILES = (DEPLOY / "systemd/trafficlight.tmpfiles").read_text()


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is missing")
@pytest.mark.parametrize("file", UNITS, ids=lambda file: str(file.name))
def test_units_give_little_away(file: Path) -> None:
    """By systemd's own measure, of 10: below 3."""
    command = ["systemd-analyze", "security", "--offline=true", str(file)]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    level = re.search(r"exposure level for \S+: ([\d.]+)", told)
    assert level, told
    assert float(level[1]) < 3
