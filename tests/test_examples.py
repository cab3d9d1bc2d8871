"""The example shop: its service, its stack without containers, its files, and a real load on it."""

from __future__ import annotations

import csv
import fnmatch
import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.perf.real_k6 import NO_K6, find_k6
from trivigil import stack
from trivigil.core.measurement import is_part
from trivigil.perf import Order, judge_order, profiles
from trivigil.perf.analysis import Context
from trivigil.web.wait import wait

EXAMPLES = Path(__file__).parent.parent / "examples"
COMPOSE = yaml.safe_load((EXAMPLES / "docker-compose.test.yml").read_text())
BUDGETS = EXAMPLES / "budgets"


class Answer(NamedTuple):
    """One answer of the shop."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body's value."""
        return json.loads(self.body)


class Client:
    """A client of the shop that keeps one connection, and cookies where it is told to."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self.cookie = ""

    def ask(
        self, method: str, path: str, body: bytes | None = None, kind: str | None = None
    ) -> Answer:
        """One exchange."""
        headers = {"Cookie": self.cookie} if self.cookie else {}
        if kind:
            headers["Content-Type"] = kind
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        answer = Answer(response.status, dict(response.getheaders()), response.read())
        if "Set-Cookie" in answer.headers:
            cookies = SimpleCookie(answer.headers["Set-Cookie"])
            self.cookie = "; ".join(f"{m.key}={m.value}" for m in cookies.values())
        return answer

    def send(self, path: str, value: object) -> Answer:
        """Send JSON."""
        return self.ask("POST", path, json.dumps(value).encode(), "application/json")

    def finished(self, job: str) -> Any:
        """A job once it is no longer queued."""
        for _ in range(200):
            value = self.ask("GET", f"/jobs/{job}").json()
            if value["state"] != "queued":
                return value
            time.sleep(0.05)
        pytest.fail("the job never ended")


@contextmanager
def open_shop(**added: str) -> Iterator[Client]:
    """A shop, started as a user starts it, with this in its environment."""
    environ = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    with subprocess.Popen(
        [sys.executable, "-m", "service"],
        cwd=EXAMPLES,
        env=environ | {"PORT": "0"} | added,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        match = re.search(r"http://127\.0\.0\.1:(\d+)", process.stdout.readline())
        assert match
        client = Client(int(match[1]))
        yield client
        client.connection.close()
        process.terminate()
        assert process.wait(10) == 0


@pytest.fixture
def shop() -> Iterator[Client]:
    """A shop of the test's own."""
    with open_shop() as client:
        yield client


class TestService:
    """The endpoints, each as its users see it."""

    def test_pages(self, shop: Client) -> None:
        """The shop answers on all its public pages."""
        assert shop.ask("GET", "/health").json() == {"status": "ok", "jobs": "in process"}
        assert b"<h1>" in shop.ask("GET", "/").body
        assert len(shop.ask("GET", "/products?page=1").json()["products"]) == 20
        assert shop.ask("GET", "/products/3").json()["name"] == "blue lamp"
        assert set(shop.ask("GET", "/reports").json()) == {"stock"}

    def test_flaky(self, shop: Client) -> None:
        """Every tenth answer of the flaky page is a 500, and no other."""
        statuses = [shop.ask("GET", "/flaky").status for _ in range(30)]
        assert [n for n, status in enumerate(statuses, start=1) if status != 200] == [10, 20, 30]
        assert set(statuses) == {200, 500}

    def test_login(self, shop: Client) -> None:
        """The account opens with the cookie of a login, and closes with the logout."""
        assert shop.ask("GET", "/account").status == 401
        assert shop.send("/login", {"user": "demo", "password": "wrong"}).status == 401
        login = shop.send("/login", {"user": "demo", "password": "demo"})
        assert login.status == 200
        assert "HttpOnly" in login.headers["Set-Cookie"]
        assert shop.ask("GET", "/account").json() == {"user": "demo", "orders": 0}
        session = shop.cookie
        assert shop.ask("POST", "/logout").status == 204
        shop.cookie = session
        assert shop.ask("GET", "/account").status == 401

    def test_login_by_form(self, shop: Client) -> None:
        """A plain form logs in too."""
        form = "application/x-www-form-urlencoded"
        assert shop.ask("POST", "/login", b"user=demo&password=demo", form).status == 200
        assert shop.ask("GET", "/account").status == 200

    def test_orders(self, shop: Client) -> None:
        """An order needs a customer, a product that exists and a sensible quantity."""
        assert shop.send("/orders", {"product": 1}).status == 401
        shop.send("/login", {"user": "demo", "password": "demo"})
        assert shop.send("/orders", {"product": 1, "quantity": 2}).json() == {
            "number": 1,
            "product": 1,
            "quantity": 2,
        }
        assert shop.send("/orders", {"product": 4711}).status == 422
        assert shop.send("/orders", {"product": 1, "quantity": 0}).status == 422
        assert shop.send("/orders", {"product": None}).status == 400
        assert shop.ask("GET", "/account").json()["orders"] == 1

    @pytest.mark.parametrize(
        ("kind", "body"),
        [
            pytest.param("application/octet-stream", b"a\nb\n", id="the body itself"),
            pytest.param(
                "multipart/form-data; boundary=x",
                b'--x\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n'
                b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
                b"a\nb\n\r\n--x--\r\n",
                id="a file in a form",
            ),
        ],
    )
    def test_upload(self, shop: Client, kind: str, body: bytes) -> None:
        """An uploaded file becomes a job, whose result describes the file."""
        accepted = shop.ask("POST", "/upload", body, kind)
        assert accepted.status == 202
        job = accepted.json()["job"]
        assert accepted.headers["Location"] == f"/jobs/{job}"
        done = shop.finished(job)
        assert done["state"] == "done"
        assert (done["result"]["size"], done["result"]["lines"]) == (4, 2)

    @pytest.mark.parametrize(
        ("method", "path", "body", "status"),
        [
            pytest.param("GET", "/nowhere", b"", 404, id="no such page"),
            pytest.param("GET", "/products/4711", b"", 404, id="no such product"),
            pytest.param("GET", "/jobs/abc", b"", 404, id="no such job"),
            pytest.param("DELETE", "/orders", b"", 405, id="wrong method"),
            pytest.param("POST", "/login", b"{", 400, id="not JSON"),
            pytest.param("POST", "/login", b"[]", 400, id="not an object"),
            pytest.param("POST", "/login", b"\xff", 400, id="not text"),
            pytest.param("POST", "/upload", b"x" * (1024 * 1024 + 1), 413, id="too large"),
        ],
    )
    def test_refused(self, shop: Client, method: str, path: str, body: bytes, status: int) -> None:
        """A wrong request gets the fitting status and a reason, and the shop goes on."""
        answer = shop.ask(method, path, body, "application/json")
        assert answer.status == status
        assert answer.json()["error"]
        assert shop.ask("GET", "/health").status == 200

    def test_upload_without_redis(self) -> None:
        """Where Redis is named and does not answer, an uploaded file is described all the same."""
        with open_shop(REDIS_URL=f"redis://127.0.0.1:{_free_port()}/0") as client:
            job = client.ask("POST", "/upload", b"x").json()["job"]
            assert client.finished(job)["state"] == "done"

    def test_head(self, shop: Client) -> None:
        """HEAD answers as GET does, without a body."""
        answer = shop.ask("HEAD", "/products")
        assert (answer.status, answer.body) == (200, b"")
        assert int(answer.headers["Content-Length"]) > 100

    def test_port_taken(self, shop: Client) -> None:
        """A port that is taken is said in one sentence."""
        second = subprocess.run(
            [sys.executable, "-m", "service"],
            cwd=EXAMPLES,
            env=os.environ | {"PORT": str(shop.port)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert second.returncode == 1
        assert second.stderr.startswith(f"The shop cannot listen on 127.0.0.1:{shop.port}")
        assert len(second.stderr.splitlines()) == 1

    @pytest.mark.parametrize("security", ["weak", "hardened"])
    def test_other_shops_sell_too(self, security: str) -> None:
        """The weak and the hardened shop do everything that the usual one does."""
        with open_shop(SHOP_SECURITY=security) as client:
            assert client.ask("GET", "/account").status == 401
            assert client.send("/login", {"user": "demo", "password": "demo"}).status == 200
            assert client.send("/orders", {"product": 1}).status == 201
            assert client.ask("GET", "/account").json() == {"user": "demo", "orders": 1}
            assert client.ask("POST", "/logout").status == 204
            assert client.ask("GET", "/products").status == 200

    def test_the_hardened_shop_holds_back(self) -> None:
        """After five wrong passwords of one name the sixth is not looked at, and other names go on."""
        with open_shop(SHOP_SECURITY="hardened") as client:
            wrong = [client.send("/login", {"user": "x", "password": "y"}).status for _ in range(6)]
            assert wrong == [401] * 5 + [429]
            assert client.send("/login", {"user": "demo", "password": "demo"}).status == 200

    @pytest.mark.parametrize(
        "wanted",
        ["//elsewhere.test", "/\\elsewhere.test", "https://elsewhere.test", "/a%0d%0aX: y"],
    )
    def test_the_hardened_shop_leads_nowhere_else(self, wanted: str) -> None:
        """A way to another host, or with a line break in it, leads to the front page."""
        with open_shop(SHOP_SECURITY="hardened") as client:
            query = wanted.replace(" ", "%20")
            assert client.ask("GET", f"/login?next={query}").headers["Location"] == "/"
            assert client.ask("GET", "/login?next=/account").headers["Location"] == "/account"

    def test_a_security_that_there_is_not(self) -> None:
        """A mode that is none is said in one sentence."""
        done = subprocess.run(
            [sys.executable, "-m", "service"],
            cwd=EXAMPLES,
            env=os.environ | {"PORT": "0", "SHOP_SECURITY": "wek"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert done.stderr == "SHOP_SECURITY is weak, hardened or unset, not 'wek'\n"

    def test_health_program(self, shop: Client) -> None:
        """The containers' health check tells a healthy page from a failing one and from none."""
        url = f"http://127.0.0.1:{shop.port}"
        for _ in range(9):
            shop.ask("GET", "/flaky")
        assert _health(f"{url}/health") == 0
        assert _health(f"{url}/flaky") == 1
        assert _health(f"http://127.0.0.1:{_free_port()}/health") == 1
        assert _health("") == 1


def _health(url: str) -> int:
    command = [sys.executable, "-m", "service.health", url]
    return subprocess.run(command, cwd=EXAMPLES, capture_output=True, check=False).returncode


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


class TestCompose:
    """docker-compose.test.yml, as far as it can be judged without an engine."""

    def test_services(self) -> None:
        """The stack has its four services, and no `version`, which Compose calls obsolete."""
        assert set(COMPOSE["services"]) == {"backend", "worker", "redis", "nginx"}
        assert "version" not in COMPOSE

    def test_redis_limits(self) -> None:
        """Redis is bounded, and forgets what was used least lately."""
        command = " ".join(COMPOSE["services"]["redis"]["command"])
        assert "--maxmemory 256mb --maxmemory-policy allkeys-lru" in command

    @pytest.mark.parametrize("name", sorted(COMPOSE["services"]))
    def test_health_checks(self, name: str) -> None:
        """Every service has a health check, and none counts on curl."""
        check = COMPOSE["services"][name]["healthcheck"]
        assert check["test"][0] in {"CMD", "CMD-SHELL"}
        assert "curl" not in " ".join(check["test"])
        assert check["retries"] > 1

    @pytest.mark.parametrize("name", sorted(COMPOSE["services"]))
    def test_dependencies(self, name: str) -> None:
        """A service waits until those that it needs are healthy, which they can become."""
        needed = COMPOSE["services"][name].get("depends_on", {})
        assert all(need == {"condition": "service_healthy"} for need in needed.values())
        assert all("healthcheck" in COMPOSE["services"][other] for other in needed)

    def test_ports(self) -> None:
        """Only nginx is reachable, from this machine alone, on a port that can be chosen."""
        ports = {name: one.get("ports") for name, one in COMPOSE["services"].items()}
        assert ports.pop("nginx") == ["127.0.0.1:${SHOP_PORT:-8080}:8080"]
        assert set(ports.values()) == {None}

    def test_files(self) -> None:
        """What the file names beside itself is there."""
        build = COMPOSE["x-shop"]["build"]
        context = EXAMPLES / build["context"]
        dockerfile = (context / build["dockerfile"]).read_text()
        for copied in re.findall(r"^COPY (\S+)", dockerfile, re.MULTILINE):
            assert (context / copied).exists()
        (volume,) = COMPOSE["services"]["nginx"]["volumes"]
        assert (EXAMPLES / volume.split(":")[0]).is_file()

    def test_worker_is_the_one_that_is_checked(self) -> None:
        """The worker's health check asks the worker by the name that it starts with."""
        worker = COMPOSE["services"]["worker"]
        name = worker["command"][worker["command"].index("--hostname") + 1]
        assert name in worker["healthcheck"]["test"]


MISSING = [name for name in ("redis-server", "nginx") if shutil.which(name) is None]
CELERY = Path(sys.executable).with_name("celery")


@pytest.fixture
def plain_stack(tmp_path: Path) -> Iterator[tuple[stack.Started, dict[str, str]]]:
    """The Procfile's stack on free ports, with the Celery of this environment."""
    if MISSING or not CELERY.exists():
        missing = [*MISSING, *([] if CELERY.exists() else ["celery"])]
        pytest.skip(f"not installed here: {', '.join(missing)}")
    ports = {name: str(_free_port()) for name in ("PORT", "REDIS_PORT", "PROXY_PORT")}
    path = f"{CELERY.parent}{os.pathsep}{os.environ['PATH']}"
    environ = dict(os.environ) | ports | {"PATH": path}
    state = tmp_path / "state"
    started = stack.start(
        "Procfile", directory=EXAMPLES, state_dir=state, environ=environ, say=print
    )
    yield started, ports
    stopped = stack.stop(state, environ=environ, say=print)
    assert set(stopped.names) == set(started.names)
    assert stopped.killed == 0


def test_plain_stack(plain_stack: tuple[stack.Started, dict[str, str]]) -> None:
    """Without containers, an upload goes through nginx to the shop, Redis, a worker and back."""
    started, ports = plain_stack
    assert started.skipped == ()
    proxy = f"http://127.0.0.1:{ports['PROXY_PORT']}/health"
    redis = f"tcp://127.0.0.1:{ports['REDIS_PORT']}"
    wait([proxy, redis], timeout=30, say=print)
    client = Client(int(ports["PROXY_PORT"]))
    assert client.ask("GET", "/health").headers["Server"] == "nginx"
    assert client.ask("GET", "/health").json()["jobs"] == "celery"
    assert client.ask("GET", "/metrics").status == 404  # Prometheus asks the shop itself
    # Larger than nginx keeps in memory, so that it goes through its folder of temporary files.
    accepted = client.ask("POST", "/upload", b"a line\n" * 50_000)
    done = client.finished(accepted.json()["job"])
    assert (done["state"], done["result"]["lines"]) == ("done", 50_000)
    client.connection.close()


def test_procfile_is_the_compose_stack(tmp_path: Path) -> None:
    """Where only Python is installed, the shop of the Procfile starts alone, and says so."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python3").symlink_to(sys.executable)
    environ = {"PATH": str(tmp_path / "bin"), "PORT": str(_free_port())}
    said: list[str] = []
    state = tmp_path / "state"
    started = stack.start(
        "Procfile", directory=EXAMPLES, state_dir=state, environ=environ, say=said.append
    )
    try:
        wait([f"http://127.0.0.1:{environ['PORT']}/health"], timeout=30, say=said.append)
        client = Client(int(environ["PORT"]))
        job = client.ask("POST", "/upload", b"x").json()["job"]
        assert client.finished(job)["state"] == "done"
        client.connection.close()
    finally:
        stack.stop(state, environ=environ, say=said.append)
    assert (started.names, started.skipped) == (("web",), ("redis", "worker", "proxy"))
    assert "Not started: proxy. Not installed here: nginx" in said
    assert {*started.names, *started.skipped} == {"web", "redis", "worker", "proxy"}


Rows = dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """The rows of a short run of Locust on a shop of its own, by their subject."""
    # Looked for and not imported: Locust puts gevent in the place of the threads of this process.
    if find_spec("locust") is None:
        pytest.skip("locust is not installed")
    folder = tmp_path_factory.mktemp("load")
    script = EXAMPLES / "load" / "locustfile.py"
    with open_shop() as client:
        command = [sys.executable, "-m", "locust", "-f", str(script), "--headless"]
        options = ["-u", "5", "-r", "5", "-t", "6s", "--csv", str(folder / "run")]
        host = ["--host", f"http://127.0.0.1:{client.port}"]
        done = subprocess.run([*command, *options, *host], capture_output=True, check=False)
    # Locust's word for "some requests failed", which the flaky page sees to.
    assert done.returncode == 1, done.stderr.decode()
    with (folder / "run_stats.csv").open(newline="") as file:
        listed = list(csv.DictReader(file))
    return {f"{row['Type']} {row['Name']}" if row["Type"] else "OVERALL": row for row in listed}


class TestBudgets:
    """The budgets against a real run."""

    def test_forms_agree(self) -> None:
        """Each pair says the same of the flaky page in both forms, and only that differs."""
        pairs = (
            ("thresholds.json", "budgets.yml"),
            ("thresholds-failing.json", "budgets-failing.yml"),
        )
        for plain_name, full_name in pairs:
            plain = json.loads((BUDGETS / plain_name).read_text())
            full = yaml.safe_load((BUDGETS / full_name).read_text())
            entry = next(e for e in full["budgets"] if e["subject"] == "GET /flaky")
            assert entry["limits"]["error_rate"] == f"<= {plain['GET /flaky']['error_rate']}%"
            assert full["schema"] == "trivigil/budgets/1"

    def test_load(self, rows: Rows) -> None:
        """Only the flaky page fails; that breaks the failing budget and keeps the other."""
        failed = {name for name, row in rows.items() if row["Failure Count"] != "0"}
        assert failed == {"GET /flaky", "OVERALL"}
        flaky = rows["GET /flaky"]
        rate = 100 * int(flaky["Failure Count"]) / int(flaky["Request Count"])
        for file in ("thresholds.json", "thresholds-failing.json"):
            limits = json.loads((BUDGETS / file).read_text())
            assert set(limits) - {"default"} <= set(rows)
            assert (rate <= limits["GET /flaky"]["error_rate"]) == (file == "thresholds.json")

    def test_subjects(self, rows: Rows) -> None:
        """Every subject of the full form names something that the run has, or is optional."""
        for file in ("budgets.yml", "budgets-failing.yml"):
            for entry in yaml.safe_load((BUDGETS / file).read_text())["budgets"]:
                found = [name for name in rows if _matches(entry["subject"], name)]
                assert bool(found) != entry.get("optional", False), entry["subject"]


def _matches(subject: str, name: str) -> bool:
    if subject.startswith("/") and subject.endswith("/"):
        return re.search(subject[1:-1], name) is not None
    return subject == name or fnmatch.fnmatchcase(name, subject)


class TestK6:
    """The script for k6, by a real k6."""

    @pytest.mark.skipif(find_k6() is None, reason=NO_K6)
    def test_the_same_budgets_judge_both_scripts(self, tmp_path: Path) -> None:
        """Three seconds visit every endpoint under Locust's names, and only the flaky page fails."""
        program = find_k6()
        assert program is not None
        with open_shop() as client:
            order = Order(
                tool="k6",
                script="load/k6.js",
                host=f"http://127.0.0.1:{client.port}",
                profile="load",
                users=4,
                spawn_rate=8,
                run_time="3s",
            )
            report = judge_order(
                order,
                Context("perf", "2026-01-02T03:04:05Z", str(EXAMPLES)),
                directory=str(EXAMPLES),
                output=str(tmp_path / "out"),
                environ={"PATH": str(Path(program).parent), "HOME": str(tmp_path)},
                say=lambda _: None,
            )
        assert report.conclusion.verdict == "success", report.problems or report.findings
        found = {m.subject for m in report.measurements if not is_part(m.subject)}
        entries = yaml.safe_load((BUDGETS / "budgets.yml").read_text())["budgets"]
        for entry in entries:
            assert entry.get("optional") or any(_matches(entry["subject"], each) for each in found)
        failing = {
            m.subject
            for m in report.measurements
            if m.metric.name == "failures" and m.value and not is_part(m.subject)
        }
        assert failing == {"GET /flaky", "OVERALL"}


@pytest.mark.parametrize(
    "path", sorted((EXAMPLES / "workflows").glob("*.yml")), ids=lambda path: path.name
)
def test_a_workflow_uses_inputs_that_there_are(path: Path) -> None:
    """What an example gives to one of our actions is an input of it."""
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
    ours = "trivigil/trivigil"
    for step in (step for job in jobs.values() for step in job["steps"]):
        used = step.get("uses", "")
        if used.startswith(ours):
            folder = EXAMPLES.parent / used.removeprefix(ours).partition("@")[0].strip("/")
            described = yaml.safe_load((folder / "action.yml").read_text(encoding="utf-8"))
            assert set(step.get("with", {})) <= set(described["inputs"]), used


def test_the_choice_of_the_performance_workflow_is_all_profiles() -> None:
    """Everything that can be run can be chosen by hand."""
    text = (EXAMPLES / "workflows" / "performance.yml").read_text(encoding="utf-8")
    events = yaml.safe_load(text)[True]  # `on` is true in YAML 1.1
    options = events["workflow_dispatch"]["inputs"]["profile"]["options"]
    assert options == [*profiles.PROFILES, "full"]
