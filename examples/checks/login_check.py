"""The session of a customer: what no other page shows, and a cookie that scripts cannot read. It writes: --allow-writes."""

# trivigil: depends-on home
# trivigil: tags shop, security

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trivigil.monitor.synthetic.py.given import Site


def check_account_is_closed(site: Site) -> None:
    """Nobody sees an account without having logged in."""
    with site.client() as client:
        assert client.get("/account").status_code == 401


def check_session(site: Site) -> None:
    """A right password opens the account, and logging out closes it again."""
    customer = {"user": "demo", "password": site.secrets["password"]}
    with site.client() as client:
        answer = client.post("/login", json=customer)
        assert answer.status_code == 200
        cookie = site.conceal(answer.headers["set-cookie"])
        assert "HttpOnly" in cookie, "scripts can read the session's cookie"
        site.warn("SameSite" in cookie, "other sites can use the session's cookie")
        assert client.get("/account").json()["user"] == "demo"
        client.post("/logout")
        assert client.get("/account").status_code == 401


def check_wrong_password(site: Site) -> None:
    """A wrong password opens nothing."""
    with site.client() as client:
        answer = client.post("/login", json={"user": "demo", "password": "wrong"})
        assert answer.status_code == 401
        assert "set-cookie" not in answer.headers
