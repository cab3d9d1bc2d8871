"""The Celery worker: `celery -A service.worker worker`. Redis at $REDIS_URL is broker and store."""

from __future__ import annotations

import base64
import os

from celery import Celery

from .uploads import Description, describe

_REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")

app = Celery("service.worker", broker=_REDIS_URL, backend=_REDIS_URL)
app.conf.update(
    broker_connection_retry_on_startup=True,
    result_expires=600,
    task_serializer="json",
    accept_content=["json"],
    worker_hijack_root_logger=False,
)


@app.task(name="service.describe_upload")  # type: ignore[untyped-decorator, unused-ignore]
def describe_upload(content: str) -> Description:
    """Describe an uploaded file, which travels in base64 because JSON carries no bytes."""
    return describe(base64.b64decode(content))
