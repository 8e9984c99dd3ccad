"""Bulk read: a job that writes 200,000 records at a time into a zipped CSV file."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kadar.errors import FAILED, KadarError
from kadar.language import N_
from kadar.sources.zoho.api import Api, Record
from kadar.sources.zoho.crm import Described

_JOBS = "/crm/bulk/v8/read"
_ROWS = 2000  # records of one batch
_ATTEMPTS = 3  # to get a file that is whole
_FIRST_WAIT, _LONGEST_WAIT, _PATIENCE = 2.0, 30.0, 3600.0  # seconds


@dataclass(frozen=True)
class File:
    """The result of one job: its records as CSV, and how the next job goes on."""

    records: int
    content: bytes
    more: bool
    token: str | None


@dataclass(frozen=True)
class Bulk:
    """Bulk reads of Zoho CRM."""

    api: Api

    def start(self, module: str, fields: Sequence[str], page: int, token: str | None = None) -> str:
        """Begin a job for a page of a module and return its id. Raises `Refused`."""
        place: dict[str, Any] = {"page_token": token} if token else {"page": page}
        query = {"module": {"api_name": module}, "fields": list(fields), **place}
        said = self.api.post(_JOBS, {"query": query})
        return str(said["data"][0]["details"]["id"])

    def finish(self, job: str) -> File:
        """Wait for a job and return its file. Raises KDR-SRC-166 where there is no whole one."""
        waited, wait = 0.0, _FIRST_WAIT
        while True:
            details = self.api.get(f"{_JOBS}/{job}")["data"][0]
            if details["state"] == "COMPLETED":
                break
            if details["state"] in {"FAILURE", "FAILED"}:
                raise _failed(job, str(details.get("result", {}).get("error_message", "FAILURE")))
            if waited >= _PATIENCE:
                raise _failed(job, f"{details['state']} > {_PATIENCE:.0f} s")
            self.api.wait(wait)
            waited, wait = waited + wait, min(wait * 1.5, _LONGEST_WAIT)
        result = details["result"]
        count = int(result["count"])
        content = self._whole(job, count) if count else b""
        return File(
            count, content, bool(result.get("more_records")), result.get("next_page_token") or None
        )

    def _whole(self, job: str, count: int) -> bytes:
        """Download the file until it is whole: not broken, and with all its records."""
        detail = ""
        for _ in range(_ATTEMPTS):
            try:
                with zipfile.ZipFile(
                    io.BytesIO(self.api.download(f"{_JOBS}/{job}/result"))
                ) as zipped:
                    content = zipped.read(zipped.namelist()[0])
            except (zipfile.BadZipFile, IndexError, EOFError) as error:
                detail = str(error)
                continue
            found = sum(1 for _ in _rows(content))
            if found == count:
                return content
            detail = f"{found} / {count}"
        raise _failed(job, detail)


def records(file: File, described: Described) -> Iterator[list[Record]]:
    """Yield the records of a file in batches, in the shape the lists give them."""
    batch: list[Record] = []
    for row in _rows(file.content):
        record: Record = {"id": row.get("Id") or row.get("id")}
        for name in described.fields:
            text = row.get(name)
            if text not in {None, ""}:
                record[name] = {"id": text} if name in described.lookups else text
        batch.append(record)
        if len(batch) == _ROWS:
            yield batch
            batch = []
    if batch:
        yield batch


def _rows(content: bytes) -> Iterator[dict[str, str]]:
    if content:
        yield from csv.DictReader(io.TextIOWrapper(io.BytesIO(content), "utf-8-sig", newline=""))


def _failed(job: str, detail: str) -> KadarError:
    return KadarError(
        "KDR-SRC-166",
        N_("Zoho's bulk read {job} gave no whole file: {detail}"),
        N_("Run kadar sync again; or set options.bulk_from higher, to read without bulk."),
        exit_code=FAILED,
        job=job,
        detail=detail,
    )
