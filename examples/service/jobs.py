"""Work that a request starts and does not wait for: by a Celery worker, or by a thread here."""

from __future__ import annotations

import base64
import secrets
import socket
from collections import OrderedDict
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

from .uploads import Description, describe

JOBS_KEPT = 1_000
BROKER_PATIENCE_S = 0.5


class Job(NamedTuple):
    """One job: queued, done or failed; a done one has its result."""

    id: str
    state: str
    result: Description | None = None


class Queue(Protocol):
    """Something that does jobs."""

    name: str

    def add(self, content: bytes) -> Job:
        """Queue a file to be described."""

    def find(self, job_id: str) -> Job | None:
        """The job, None where this queue never had it or forgot it."""


class LocalQueue:
    """One thread of this process does the jobs, in their order."""

    name = "in process"

    def __init__(self) -> None:
        """Start the thread; it ends with the process."""
        self._lock = Lock()
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._waiting: SimpleQueue[tuple[str, bytes]] = SimpleQueue()
        Thread(target=self._work, name="jobs", daemon=True).start()

    def add(self, content: bytes) -> Job:
        """Queue a file to be described."""
        job = Job(secrets.token_hex(8), "queued")
        self._keep(job)
        self._waiting.put((job.id, content))
        return job

    def find(self, job_id: str) -> Job | None:
        """The job, None where it is unknown or older than the last thousand."""
        with self._lock:
            return self._jobs.get(job_id)

    def _keep(self, job: Job) -> None:
        with self._lock:
            self._jobs[job.id] = job
            while len(self._jobs) > JOBS_KEPT:
                self._jobs.popitem(last=False)

    def _work(self) -> None:
        while True:
            job_id, content = self._waiting.get()
            self._keep(Job(job_id, "done", describe(content)))


class CeleryQueue:
    """A Celery worker does the jobs; Redis carries them there and the results back.

    Where Redis does not answer, a job is done in this process: an upload is never lost for want of
    a worker's broker.
    """

    name = "celery"

    def __init__(self, redis_url: str, task: Any) -> None:
        """Hand jobs to `task`; `redis_url` is where its broker listens."""
        address = urlsplit(redis_url)
        self._broker = (address.hostname or "127.0.0.1", address.port or 6379)
        self._task = task
        self._here = LocalQueue()
        self._lock = Lock()
        self._handed: OrderedDict[str, None] = OrderedDict()

    def add(self, content: bytes) -> Job:
        """Queue a file to be described."""
        if not self._broker_answers():
            return self._here.add(content)
        handed = self._task.delay(base64.b64encode(content).decode())
        with self._lock:
            self._handed[handed.id] = None
            while len(self._handed) > JOBS_KEPT:
                self._handed.popitem(last=False)
        return Job(handed.id, "queued")

    def find(self, job_id: str) -> Job | None:
        """The job, None where it is unknown or older than the last thousand."""
        with self._lock:
            handed = job_id in self._handed
        # Celery calls every id that it does not know "pending", so only our own are asked for.
        return self._result(job_id) if handed else self._here.find(job_id)

    def _result(self, job_id: str) -> Job:
        outcome = self._task.AsyncResult(job_id)
        if outcome.successful():
            return Job(job_id, "done", outcome.result)
        return Job(job_id, "failed" if outcome.failed() else "queued")

    def _broker_answers(self) -> bool:
        try:
            socket.create_connection(self._broker, timeout=BROKER_PATIENCE_S).close()
        except OSError:
            return False
        return True


def open_queue(redis_url: str | None) -> Queue:
    """The queue for this process: Celery's where a Redis URL is given and Celery is installed."""
    if not redis_url:
        return LocalQueue()
    try:
        from .worker import describe_upload
    except ModuleNotFoundError:
        return LocalQueue()
    return CeleryQueue(redis_url, describe_upload)
