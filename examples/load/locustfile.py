"""Shoppers: each logs in, then goes the same round through the shop again and again.

    locust -f examples/load/locustfile.py --headless -u 5 -r 5 -t 8s --host http://127.0.0.1:8000

A fixed round, where weighted tasks would be drawn by lot, lets even a run of a few seconds visit
every endpoint, so that no budget is left without a measurement. Fast pages are asked for often, the
report and the page that fails at every tenth visit once a round.
"""

from __future__ import annotations

import random

from locust import HttpUser, SequentialTaskSet, between, task

PRODUCTS = 40
DOCUMENT = b"product;quantity\n" + b"17;3\n" * 400


class Round(SequentialTaskSet):
    """One round through the shop. What carries an id in its path is counted under one name."""

    @task
    def arrive(self) -> None:
        """The front page, then the list."""
        self.client.get("/")
        self.client.get("/products")

    @task
    def look_around(self) -> None:
        """Several products, the most frequent thing that shoppers do."""
        for number in random.sample(range(1, PRODUCTS + 1), k=5):
            self.client.get(f"/products/{number}", name="/products/[id]")

    @task
    def order(self) -> None:
        """Buy something, and look whether it is in the account."""
        order = {"product": random.randint(1, PRODUCTS), "quantity": 1}
        self.client.post("/orders", json=order)
        self.client.get("/account")

    @task
    def upload(self) -> None:
        """Hand in a file, and ask once how far its job is."""
        files = {"file": ("orders.csv", DOCUMENT, "text/csv")}
        with self.client.post("/upload", files=files, catch_response=True) as answer:
            if answer.status_code != 202:
                return
            job = answer.json()["job"]
        self.client.get(f"/jobs/{job}", name="/jobs/[id]")

    @task
    def read_report(self) -> None:
        """The slow page."""
        self.client.get("/reports")

    @task
    def try_luck(self) -> None:
        """The page that fails now and then."""
        self.client.get("/flaky")


class Shopper(HttpUser):
    """Somebody with an account."""

    host = "http://127.0.0.1:8000"
    tasks = [Round]  # noqa: RUF012 (as Locust documents it)
    wait_time = between(0.05, 0.2)

    def on_start(self) -> None:
        """Log in; the client keeps the cookie."""
        self.client.post("/login", data={"user": "demo", "password": "demo"})
