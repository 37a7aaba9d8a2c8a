"""Files that come with a form: never more of them than is allowed, on disk only while the request lasts, and the other fields kept whatever happens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from doudi.server.exchange.kept import alone
from doudi.server.exchange.receiving import most, too_large
from doudi.server.lib.refusals import Refused

_SIZE = "doudi.too_large"


class Limit(FileUploadHandler):
    """Lets nothing of a file through beyond what is allowed; ``uploaded`` then says so. The form's other fields arrive all the same."""

    seen = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.seen = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.seen = start + len(raw_data)
        if self.seen > most():
            assert self.request is not None
            self.request.META[_SIZE] = max(self.seen, int(self.request.META.get("CONTENT_LENGTH") or 0))
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:  # noqa: ARG002 - the handlers after this one make the file
        return None


@contextmanager
def uploaded(request: HttpRequest, field: str = "file") -> Iterator[tuple[Path, str]]:
    """The file of a form, at a path that is gone afterwards, and its own name. Raises Refused where there is none, or it is too large."""
    if size := request.META.get(_SIZE):
        raise too_large(int(size))
    file = request.FILES.get(field)
    if file is None:
        raise Refused("no-file", "请选择要上传的文件。", "Choose the file to hand in.", field=field)
    name = str(file.name or "list.xlsx").replace("\\", "/").rpartition("/")[2].replace("\0", "")
    if not file.size:
        raise Refused(
            "empty-file", "文件是空的（0 字节）；请重新导出或重新拷贝。", "The file is empty (0 bytes); export or copy it again.", field=field
        )  # fmt: skip
    with alone(name="upload") as path:
        with path.open("wb") as target:
            for chunk in file.chunks():
                target.write(chunk)
        yield path, name
