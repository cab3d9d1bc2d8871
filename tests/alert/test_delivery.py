"""Sending: real HTTP on loopback, with everything that a service or the way to it does wrong."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Mapping, Sequence
from email.utils import formatdate
from pathlib import Path
from threading import Event

import pytest

from tests.certificates import Authority, server_context
from tests.web.faults import http, wire
from trivigil.alert import Limits, Recipient, Sent, chosen, deliver, deliver_each, post
from trivigil.alert.address import Address, Secret
from trivigil.alert.receiver import Message, Moment
from trivigil.alert.receivers import slack as slack_receiver
from trivigil.alert.receivers.pagerduty import dedup_key
from trivigil.core.errors import InputError
from trivigil.core.notice import Notice

from .notices import DOWN, MOMENT, OVER, SLOW, THREE, many
from .pagerduty_server import KEY, pagerduty
from .service import Posted, Reply, serving
from .slack_server import PATH, slack
from .webhook_server import SECRET, refusal, webhook

QUICK = Limits(timeout=5.0, backoff=0.0, ceiling=20.0)


def to(name: str, address: str, environ: Mapping[str, str] = {}) -> Recipient:
    """A receiver with an address, as an option would name it."""
    (found,) = chosen({name: address}, environ)
    return found


def paged(url: str) -> Recipient:
    """PagerDuty at an address of a test."""
    (found,) = chosen({}, {"TRIVIGIL_PAGERDUTY_KEY": KEY, "TRIVIGIL_PAGERDUTY_URL": url})
    return found


def outcome(recipient: Recipient, limits: Limits = QUICK) -> str:
    """What became of one notice."""
    (sent,) = deliver((DOWN,), (recipient,), MOMENT, limits)
    assert (sent.notice, sent.receiver) == (DOWN, recipient.name)
    return sent.outcome


def test_slack_takes_the_message() -> None:
    """Three notices are one message, and each is sent."""
    with slack() as service:
        sent = deliver(THREE, (to("slack", service.url(PATH)),), MOMENT, QUICK)
    assert sent == tuple(Sent(notice, "slack") for notice in THREE)
    assert len(service.posted) == 1
    assert service.posted[0].headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        pytest.param(Reply(404, "no_service"), "Slack refuses: the webhook is switched off or removed (404 no_service)", id="gone"),
        pytest.param(Reply(403, "action_prohibited"), "Slack refuses: the workspace allows no such message (403 action_prohibited)", id="prohibited"),
        pytest.param(Reply(410, "channel_is_archived\n"), "Slack refuses: the channel is archived (410 channel_is_archived)", id="archived"),
        pytest.param(Reply(400, "canary-answer"), "it is refused (400)", id="unknown-word"),
        pytest.param(Reply(200, "<html>canary-answer</html>"), "the answer (200) is not Slack's `ok`: the address is not an incoming webhook", id="html"),
        pytest.param(Reply(204, ""), "the answer (204) is not Slack's `ok`: the address is not an incoming webhook", id="empty"),
    ],
)  # fmt: skip
def test_what_slack_refuses_is_said(reply: Reply, reason: str) -> None:
    """Slack's own words in ours; any other text of an answer is not repeated, and nothing is tried again."""
    with serving(lambda _: reply) as service:
        assert outcome(to("slack", service.url())) == f"failed: {reason}"
    assert len(service.posted) == 1


def test_a_limit_is_waited_for() -> None:
    """After 429 the message comes again when Retry-After has passed, and once only."""
    answers, waits = [Reply(429, "", {"Retry-After": "7"}), Reply()], list[float]()
    with serving(lambda _: answers.pop(0)) as service:
        said = outcome(to("slack", service.url()), QUICK._replace(sleep=waits.append))
    assert (said, waits, len(service.posted)) == ("sent", [7.0], 2)


def test_a_limit_with_a_date_is_waited_for() -> None:
    """Retry-After may be a date."""
    until = formatdate(time.time() + 8, usegmt=True)
    answers, waits = [Reply(503, "", {"Retry-After": until}), Reply()], list[float]()
    with serving(lambda _: answers.pop(0)) as service:
        said = outcome(to("slack", service.url()), QUICK._replace(sleep=waits.append))
    assert said == "sent"
    assert len(waits) == 1
    assert 0 < waits[0] <= 8


def test_a_limit_that_is_too_long_is_not_waited_for() -> None:
    """Nobody waits an hour: it is said instead."""
    with serving(lambda _: Reply(429, "", {"Retry-After": "3600"})) as service:
        said = outcome(to("slack", service.url()))
    why = "it takes no more for now (429), and there was no time to wait 3600 s and try again"
    assert said == f"failed: {why}"
    assert len(service.posted) == 1


@pytest.mark.parametrize("asked", ["soon", "-1", "1e9", "", "\u0663"])
def test_a_limit_that_is_no_time_is_a_pause_of_ours(asked: str) -> None:
    """A Retry-After that says nothing is as none."""
    answers, waits = [Reply(429, "", {"Retry-After": asked.encode().decode("latin-1")}), Reply()], list[float]()  # fmt: skip
    with serving(lambda _: answers.pop(0)) as service:
        said = outcome(to("slack", service.url()), QUICK._replace(sleep=waits.append, backoff=2.0))
    assert (said, waits) == ("sent", [2.0])


def test_a_fault_of_the_service_is_tried_three_times() -> None:
    """5xx comes again with growing pauses, then is given up."""
    waits: list[float] = []
    with serving(lambda _: Reply(500, "<h1>canary-answer</h1>")) as service:
        said = outcome(to("slack", service.url()), QUICK._replace(sleep=waits.append, backoff=1.0))
    assert (said, waits, len(service.posted)) == ("failed: it answers 500", [1.0, 2.0], 3)


@pytest.mark.parametrize("name", ["slack", "webhook", "alertmanager", "pagerduty"])
@pytest.mark.parametrize(
    ("pieces", "reason"),
    [
        pytest.param((), "the connection was closed before the answer was whole", id="closed"),
        pytest.param((b"SMTP ready\r\n\r\n",), "the answer is not HTTP", id="no-http"),
    ],
)  # fmt: skip
def test_without_a_clear_answer(name: str, pieces: tuple[bytes, ...], reason: str) -> None:
    """It may have arrived: Slack is not told again, who deduplicates is told three times."""
    with wire(*pieces) as site:
        recipient = paged(site.url()) if name == "pagerduty" else to(name, site.url())
        said = outcome(recipient)
    assert said == f"failed: {reason}, so it may have arrived all the same"
    assert len(site.heads) == (1 if name == "slack" else 3)


@pytest.mark.parametrize("name", ["slack", "webhook", "alertmanager", "pagerduty"])
def test_a_service_that_hangs_is_not_waited_for(name: str) -> None:
    """Each attempt has its time, and what was sent may have arrived."""
    over = Event()

    def hang(_: Posted) -> Reply:
        over.wait(10)
        return Reply()

    with serving(hang) as service:
        at = service.url()
        recipient = paged(at) if name == "pagerduty" else to(name, at)
        said = outcome(recipient, QUICK._replace(timeout=0.3))
        over.set()
    why = "the answer did not begin in time, so it may have arrived all the same"
    assert said == f"failed: {why}"
    assert len(service.posted) == (1 if name == "slack" else 3)


def test_an_answer_that_never_ends_is_not_waited_for() -> None:
    """A 200 whose body drips is no `ok`, and costs no more than one exchange."""
    drip: list[bytes | float | None] = [b"HTTP/1.1 200 OK\r\n\r\n", *(b"o", 0.1) * 60]
    with wire(*drip) as site:
        said = outcome(to("slack", site.url()), QUICK._replace(timeout=0.4))
    assert "not Slack's `ok`" in said


def test_an_answer_without_end_in_size_is_not_kept() -> None:
    """A large page for an answer is cut, and is no `ok`."""
    with wire(http(body=b"x" * 300_000)) as site:
        assert "not Slack's `ok`" in outcome(to("slack", site.url()))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("name", ["slack", "webhook", "alertmanager", "pagerduty"])
def test_no_redirect_is_followed(name: str, status: int) -> None:
    """A message goes to whom it is for and to nobody else."""
    with serving(lambda _: Reply()) as other:
        away = Reply(status, "", {"Location": other.url("/canary-elsewhere")})
        with serving(lambda _: away) as service:
            at = service.url()
            said = outcome(paged(at) if name == "pagerduty" else to(name, at))
    assert said.startswith(f"failed: it redirects ({status}), which is not followed")
    assert other.posted == []


def test_nobody_there() -> None:
    """A refused connection is tried again, and said."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    waits: list[float] = []
    limits = QUICK._replace(sleep=waits.append)
    assert (
        outcome(to("slack", f"http://127.0.0.1:{port}/"), limits) == "failed: nothing listens there"
    )
    assert len(waits) == 2


def test_certificates_are_verified(tmp_path: Path) -> None:
    """A certificate that nobody trusts gets no message; one that is trusted does."""
    authority = Authority(tmp_path)
    with serving(lambda _: Reply(), server_context(authority.sign())) as service:
        recipient = to("slack", service.url())
        said = outcome(recipient)
        assert said == "failed: the certificate is not signed by anybody who is trusted"
        assert service.posted == []
        assert outcome(recipient, QUICK._replace(roots=str(authority.roots))) == "sent"


@pytest.mark.parametrize(
    "address", ["https://169.254.169.254/latest", "https://[fd00:ec2::254]/", "https://0.0.0.0/"]
)
def test_metadata_services_are_never_spoken_to(address: str) -> None:
    """Private addresses are allowed, these are not."""
    assert outcome(to("webhook", address)).startswith("failed: the address is not allowed: ")


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("http://canary.example/x", id="no-tls"),
        pytest.param("http://10.0.0.1/canary", id="no-tls-private"),
        pytest.param("http://127.0.0.1.canary.example/", id="looks-local"),
        pytest.param("http://127.0.0.1@canary.example/", id="local-user"),
        pytest.param("ftp://canary.example/", id="scheme"),
        pytest.param("canary", id="no-url"),
        pytest.param("https://canary host/", id="space"),
        pytest.param("https://[canary/", id="bracket"),
        pytest.param("file:///canary", id="file"),
    ],
)
@pytest.mark.parametrize("name", ["slack", "webhook", "alertmanager"])
def test_an_address_that_is_none_is_refused(name: str, address: str) -> None:
    """The sentence names the option and repeats nothing of the address."""
    with pytest.raises(InputError) as raised:
        to(name, address)
    assert raised.value.key is not None
    assert raised.value.key.startswith("--")
    assert "canary" not in str(raised.value)


def test_the_option_goes_before_the_variable() -> None:
    """And an empty one is unset."""
    environ = {"TRIVIGIL_SLACK_WEBHOOK": "https://b.example/", "TRIVIGIL_WEBHOOK": " "}
    (found,) = chosen({"slack": "https://a.example/", "webhook": ""}, environ)
    assert found.address.url.reveal() == "https://a.example/"
    (found,) = chosen({"slack": ""}, environ)
    assert found.address.url.reveal() == "https://b.example/"
    assert chosen({}, {}) == ()


def test_nothing_shows_an_address() -> None:
    """The representation of a receiver and of what was sent holds no secret."""
    recipient = to("webhook", "https://u:canary@h.example/canary?canary", {"TRIVIGIL_WEBHOOK_SECRET": "canary-0123456789"})  # fmt: skip
    assert "canary" not in repr(recipient.address)
    assert "canary" not in str(recipient)
    assert recipient.address.login is not None
    assert recipient.address.login.reveal() == "u:canary"


def test_user_and_password_of_an_address_are_a_login() -> None:
    """They go as Authorization, and not as part of the URL."""
    with serving(lambda _: Reply()) as service:
        at = service.url("/hook").replace("//", "//user:p%40ss@")
        assert outcome(to("webhook", at)) == "sent"
    (posted,) = service.posted
    assert (posted.path, posted.headers["authorization"]) == ("/hook", "Basic dXNlcjpwQHNz")


def test_one_that_fails_does_not_hinder_the_others() -> None:
    """Each receiver has an outcome of its own, in the order of receivers and notices."""
    with serving(lambda _: Reply(500)) as broken, webhook() as well, pagerduty() as duty:
        recipients = (
            to("slack", broken.url()),
            to("webhook", well.url(), {"TRIVIGIL_WEBHOOK_SECRET": SECRET}),
            paged(duty.service.url("/v2/enqueue")),
        )
        sent = deliver((DOWN, SLOW), recipients, MOMENT, QUICK)
    assert [(one.notice, one.receiver, one.problem) for one in sent] == [
        (DOWN, "slack", "it answers 500"),
        (SLOW, "slack", "it answers 500"),
        (DOWN, "webhook", None),
        (SLOW, "webhook", None),
        (DOWN, "pagerduty", None),
        (SLOW, "pagerduty", None),
    ]


def test_each_receiver_may_have_its_own_notices() -> None:
    """Who is owed nothing gets nothing."""
    with slack() as first, webhook() as second:
        letters = [
            (to("slack", first.url(PATH)), (DOWN,)),
            (to("webhook", second.url()), ()),
        ]
        assert deliver_each(letters, MOMENT, QUICK) == (Sent(DOWN, "slack"),)
        assert (len(first.posted), second.posted) == (1, [])


class Broken:
    """A receiver of whom one message fails, one raises, and one never ends."""

    NAME, VARIABLE, SPACING_S = "broken", "X", 0.0
    OPTION: str | None = None

    def __init__(self, how: str, over: Event) -> None:
        self.how, self.over = how, over

    def read(self, text: str, key: str, environ: Mapping[str, str]) -> Address:
        return Address(Secret(text))

    def messages(self, notices: Sequence[Notice], moment: Moment) -> tuple[Message, ...]:
        return tuple(Message((one,), {}) for one in notices)

    def send(self, address: Address, message: Message, patience: post.Patience) -> str | None:
        if message.about[0] is SLOW:
            if self.how == "raises":
                raise RuntimeError(f"canary {address.url.reveal()}")
            self.over.wait(20)
        return None


@pytest.mark.parametrize(
    ("how", "reason"),
    [("raises", "a fault of ours (RuntimeError)"), ("hangs", "it took longer than 0.1 s")],
)
def test_nothing_is_raised(how: str, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was sent before a receiver broke or hung is sent, the rest is not."""
    from trivigil.alert import delivery

    monkeypatch.setattr(delivery, "_GRACE_S", 0.1)
    over = Event()
    recipient = Recipient(Broken(how, over), Address(Secret("canary")))
    sent = deliver((DOWN, SLOW, OVER), (recipient,), MOMENT, QUICK._replace(ceiling=0.1))
    over.set()
    assert [one.problem for one in sent] == [None, reason, reason]


def test_time_bounds_all_messages() -> None:
    """When the time of a receiver is over, what is left is not sent, and says so."""
    clock = iter(range(10_000))
    limits = QUICK._replace(clock=lambda: float(next(clock)), ceiling=30.0)
    with pagerduty() as duty:
        recipient = paged(duty.service.url("/v2/enqueue"))
        sent = deliver(many(40), (recipient,), MOMENT, limits)
    done = [one for one in sent if one.problem is None]
    assert 0 < len(done) == len(duty.service.posted) < 40
    late = {one.problem for one in sent[len(done) :]}
    assert late == {"there was no time left for it"}


def test_a_second_message_to_slack_waits_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack takes one message a second."""
    monkeypatch.setattr(
        slack_receiver, "messages", lambda notices, _: tuple(Message((one,), {}) for one in notices)
    )
    waits: list[float] = []
    with serving(lambda _: Reply()) as service:
        deliver(THREE, (to("slack", service.url()),), MOMENT, QUICK._replace(sleep=waits.append))
    assert (waits, len(service.posted)) == ([1.0, 1.0], 3)


# --- what each service makes of it -------------------------------------------------------------


def test_pagerduty_opens_and_resolves() -> None:
    """The same fingerprint is one incident, which a recovery resolves."""
    with pagerduty() as duty:
        recipient = paged(duty.service.url("/v2/enqueue"))
        deliver((DOWN, SLOW, DOWN._replace(runs=3)), (recipient,), MOMENT, QUICK)
        assert duty.incidents == {
            dedup_key(DOWN): ("shop / login is down", "error"),
            dedup_key(SLOW): ("shop / search is degraded", "warning"),
        }
        over = DOWN._replace(turn="recovered")
        assert deliver((over,), (recipient,), MOMENT, QUICK)[0].problem is None
        assert list(duty.incidents) == [dedup_key(SLOW)]


def test_pagerduty_tells_watches_apart() -> None:
    """The same check of another watch or target is another incident, and its recovery resolves no other."""
    stage = DOWN._replace(watch="stage")
    elsewhere = DOWN._replace(target="https://stage.example/")
    keys = {dedup_key(one) for one in (DOWN, stage, elsewhere, DOWN._replace(runs=9, cause=None))}
    assert len(keys) == 3
    assert all(key.startswith(f"{DOWN.fingerprint}.") for key in keys)


@pytest.mark.parametrize("fingerprint", ["x" * 300, "", "<!channel>", "\u202e", "a b"])
def test_pagerduty_takes_any_fingerprint(fingerprint: str) -> None:
    """One that is no key becomes one, the same to trigger and to resolve."""
    odd = DOWN._replace(fingerprint=fingerprint)
    with pagerduty() as duty:
        recipient = paged(duty.service.url("/v2/enqueue"))
        for turn in (odd, odd._replace(turn="recovered")):
            assert deliver((turn,), (recipient,), MOMENT, QUICK)[0].problem is None
        assert duty.incidents == {}


def test_pagerduty_refuses_a_wrong_key() -> None:
    """400 is said without the key and without PagerDuty's text."""
    with pagerduty() as duty:
        environ = {
            "TRIVIGIL_PAGERDUTY_KEY": "canary0000000000000000000000wrong",
            "TRIVIGIL_PAGERDUTY_URL": duty.service.url("/v2/enqueue"),
        }
        (recipient,) = chosen({}, environ)
        said = outcome(recipient)
    why = "PagerDuty refuses the event: the key may be wrong or its integration gone (400)"
    assert said == f"failed: {why}"


def test_pagerduty_goes_to_pagerduty_unless_told_otherwise() -> None:
    """The default is the service region of the United States; a key that is none is refused without being repeated."""
    (found,) = chosen({}, {"TRIVIGIL_PAGERDUTY_KEY": KEY})
    assert found.address.url.reveal() == "https://events.pagerduty.com/v2/enqueue"
    with pytest.raises(InputError) as raised:
        chosen({}, {"TRIVIGIL_PAGERDUTY_KEY": "canary key"})
    assert raised.value.key == "TRIVIGIL_PAGERDUTY_KEY"
    assert "canary" not in str(raised.value)


@pytest.mark.parametrize(
    ("secret", "key"),
    [
        (SECRET, SECRET.encode()),
        ("whsec_Y2FuYXJ5LXNlY3JldC0wMTIzNDU2Nzg5", b"canary-secret-0123456789"),
    ],
    ids=["text", "whsec"],
)
def test_the_webhook_is_signed(secret: str, key: bytes) -> None:
    """A program that knows the secret believes it; one that has another does not; nobody believes it twice."""
    with webhook(key) as service:
        recipient = to("webhook", service.url(), {"TRIVIGIL_WEBHOOK_SECRET": secret})
        assert outcome(recipient) == "sent"
    (posted,) = service.posted
    assert refusal(posted, b"another", set()) == "wrong signature"
    assert refusal(posted, key, {posted.headers["webhook-id"]}) == "taken already"
    later = {**posted.headers, "webhook-timestamp": str(int(time.time()) - 301)}
    assert refusal(posted._replace(headers=later), key, set()) == "too old"
    changed = posted._replace(body=posted.body.replace(b"down", b"up"))
    assert refusal(changed, key, set()) == "wrong signature"


def test_a_second_try_of_the_webhook_is_the_same_message() -> None:
    """It has the same id and the same body, so a program that has taken it already knows it."""
    with webhook(first=Reply(502, "")) as service:
        recipient = to("webhook", service.url(), {"TRIVIGIL_WEBHOOK_SECRET": SECRET})
        assert outcome(recipient) == "sent"
    first, second = service.posted
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


def test_another_message_has_another_id() -> None:
    """The same notices a run later are no replay."""
    with webhook() as service:
        recipient = to("webhook", service.url(), {"TRIVIGIL_WEBHOOK_SECRET": SECRET})
        for now in (MOMENT, MOMENT._replace(now=MOMENT.now + 1800)):
            assert deliver((DOWN,), (recipient,), now, QUICK)[0].problem is None


def test_without_a_secret_the_webhook_is_not_signed() -> None:
    """There is an id and a time, and no signature that means nothing."""
    with serving(lambda _: Reply(204, "")) as service:
        assert outcome(to("webhook", service.url())) == "sent"
    (posted,) = service.posted
    assert "webhook-signature" not in posted.headers
    assert json.loads(posted.body)["notices"][0]["title"] == "shop / login is down"


@pytest.mark.parametrize("secret", ["short", "whsec_!!!", "whsec_YWJj"])
def test_a_secret_that_is_too_short_is_refused(secret: str) -> None:
    """It would not protect anybody."""
    with pytest.raises(InputError, match="TRIVIGIL_WEBHOOK_SECRET: it is too short to sign with"):
        to("webhook", "https://h.example/", {"TRIVIGIL_WEBHOOK_SECRET": secret})


def test_html_is_no_answer_of_a_service() -> None:
    """A login page with 200 in front of PagerDuty or Alertmanager is no yes."""
    page = Reply(200, "<!doctype html><title>canary</title>")
    with serving(lambda _: page) as service:
        assert outcome(paged(service.url())) == "failed: the answer is not PagerDuty's"
        at = to("alertmanager", service.url())
        assert outcome(at) == "failed: the answer is not Alertmanager's"


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("", "/api/v2/alerts"),
        ("/", "/api/v2/alerts"),
        ("/alertmanager/", "/alertmanager/api/v2/alerts"),
        ("/am/api/v2/alerts", "/am/api/v2/alerts"),
    ],
)
def test_alertmanager_may_have_a_prefix(given: str, path: str) -> None:
    """Alerts go to the API below the address."""
    with serving(lambda _: Reply(200, "")) as service:
        assert outcome(to("alertmanager", service.url(given))) == "sent"
    assert [posted.path for posted in service.posted] == [path]


def test_posted_is_kept_whole() -> None:
    """The double itself: it sees path, headers and body."""
    with serving(lambda posted: Reply(200, posted.path)) as service:
        limits = post.Patience(QUICK)
        said = post.post(Address(Secret(service.url("/a?b=c"))), b"x", limits, repeatable=False)
    assert said == post.Answer(200, "/a?b=c")
    assert isinstance(service.posted[0], Posted)
