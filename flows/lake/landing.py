"""Pages as received: landed once by content, staged from here, erased when their retention is over."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import dataframely as dy
import polars as pl

from flows.errors import StorageError
from flows.lake.catalogue import LANDED_PAGE
from flows.lake.payload import PART_BYTES, erase_pages, read_pages, stored_pages, write_pages
from flows.lake.tables import LakeTables
from flows.lake.tidying import KEPT_DAYS, tidy_tables
from flows.lake.trouble import lake_trouble
from transforms.contracts.state import LandedPage

_PAGE = ["source", "source_page"]


@dataclass(frozen=True)
class _Received:
    """A page that is not landed yet, or whose bytes or register row are missing."""

    page: str
    name: str
    content: bytes
    is_stored: bool


class Lake(LakeTables):
    """One lake: its tables, and the landing zone they are staged from. Every method raises StorageError."""

    def land(self, source: str, pages: Iterable[tuple[str, bytes]], landed_at: dt.datetime) -> dy.DataFrame[LandedPage]:
        """Store pages (name, bytes) of `source` and register them; the register's rows of all of them.

        A page is known by the hash of source, name and bytes. One that is stored already changes nothing. One whose
        bytes were erased after their retention is stored again with the new `landed_at`, and counts as staged if
        it was. Bytes are committed before the register, so a registered page can be read.
        """
        with lake_trouble(self.location.root, "write"):
            stored = set(self._stored().filter(pl.col("source") == source).get_column("source_page"))
            complete = stored.intersection(self._of(source).get_column("source_page"))
            seen: dict[str, None] = {}
            batch: list[_Received] = []
            for name, content in pages:
                page = page_id(source, name, content)
                if page not in complete and page not in seen:
                    batch.append(_Received(page, name, content, is_stored=page in stored))
                seen[page] = None
                if sum(len(received.content) for received in batch) >= PART_BYTES:
                    self._register(source, batch, landed_at)
                    batch = []
            self._register(source, batch, landed_at)
            return self._registered(source, list(seen))

    def payload(self, source: str, source_page: str) -> bytes:
        """The bytes of a landed page, checked against its hash."""
        return self.payloads(source, [source_page])[source_page]

    def payloads(self, source: str, pages: list[str]) -> dict[str, bytes]:
        """The bytes of landed pages by page, each checked against its hash; one read for all of them."""
        place = self.location.root
        with lake_trouble(place):
            names = dict(self._registered(source, pages).select("source_page", "page_name").iter_rows())
            contents = read_pages(self, source, pages)
        for page in pages:
            if page not in names:
                raise StorageError(f"lake {place}: source {source} has no landed page {page}; land it first")
            if page not in contents:
                raise StorageError(
                    f"lake {place}: page {page} of {source} was erased after its retention; land it again"
                )
            if page_id(source, names[page], contents[page]) != page:
                raise StorageError(f"lake {place}: page {page} of {source} is damaged; land it again")
        return contents

    def landed(self, source: str) -> dy.DataFrame[LandedPage]:
        """Every page of a source that can be staged (again), oldest first; those whose bytes were erased can not."""
        return LandedPage.cast(self._of(source).join(self._stored(), on=_PAGE, how="semi"))

    def unstaged(self, source: str, mapping_hash: str) -> dy.DataFrame[LandedPage]:
        """Pages of a source that are not staged, or staged with another mapping, oldest first.

        A page whose bytes were erased is not among them: its rows stay as an earlier mapping made them.
        """
        return LandedPage.cast(self.landed(source).filter(_waits(mapping_hash)))

    def beyond_retention(self, source: str, mapping_hash: str) -> dy.DataFrame[LandedPage]:
        """Pages another mapping staged, which can not be staged again because their bytes were erased."""
        return LandedPage.cast(self._of(source).filter(_waits(mapping_hash)).join(self._stored(), on=_PAGE, how="anti"))

    def mark_staged(self, source: str, page_rows: Mapping[str, int], mapping_hash: str) -> None:
        """Register that pages are staged with this mapping, and their input rows; call it after those are committed."""
        marked = self._registered(source, list(page_rows))
        if marked.height != len(page_rows):
            raise StorageError(f"lake {self.location.root}: source {source} has pages to mark that were never landed")
        counted = pl.DataFrame({"source_page": list(page_rows), "n_rows": list(page_rows.values())})
        self.merge(
            LANDED_PAGE,
            marked.drop("n_rows")
            .join(counted, on="source_page")
            .with_columns(is_staged=pl.lit(True), mapping_hash=pl.lit(mapping_hash)),
        )

    def wait_again(self, source: str, pages: list[str]) -> None:
        """Let staged pages wait as if another mapping had staged them: the next night stages them again."""
        waiting = self._registered(source, pages).with_columns(mapping_hash=pl.lit(None, dtype=pl.String))
        self.merge(LANDED_PAGE, waiting)

    def purge_landing(self, before: dt.datetime) -> int:
        """Erase the bytes of staged pages landed before that moment; how many. Their register rows stay.

        A page that is not staged yet is never erased: its rows exist nowhere else.
        """
        with lake_trouble(self.location.root, "write"):
            due = (
                self.read(LANDED_PAGE)
                .filter(pl.col("is_staged") & (pl.col("landed_at") < before))
                .select(_PAGE)
                .join(self._stored(), on=_PAGE, how="semi")
            )
            erase_pages(self, due)
        return due.height

    def tidy(self, keep_days: int = KEPT_DAYS) -> None:
        """Remove files that no version of the last `keep_days` days needs, such as those of killed runs."""
        tidy_tables(self, keep_days)

    def _register(self, source: str, batch: list[_Received], landed_at: dt.datetime) -> None:
        if not batch:
            return
        # Bytes without a register row are those of a run that was killed between the two commits.
        write_pages(self, source, [(page.page, page.content) for page in batch if not page.is_stored])
        known = self._registered(source, [page.page for page in batch]).select(
            *_PAGE, "mapping_hash", "is_staged", "n_rows"
        )
        rows = pl.DataFrame(
            [(source, page.page, page.name, len(page.content)) for page in batch],
            schema={"source": pl.String, "source_page": pl.String, "page_name": pl.String, "n_bytes": pl.Int64},
            orient="row",
        )
        self.merge(
            LANDED_PAGE,
            rows.join(known, on=_PAGE, how="left").with_columns(
                pl.col("is_staged").fill_null(False),
                pl.lit(landed_at.astimezone(dt.UTC)).dt.cast_time_unit("us").alias("landed_at"),
            ),
        )

    def _registered(self, source: str, pages: list[str]) -> dy.DataFrame[LandedPage]:
        return LandedPage.cast(self._of(source).filter(pl.col("source_page").is_in(pages)))

    def _of(self, source: str) -> pl.DataFrame:
        # The order in which pages are staged decides ties between them, so it is the same in every run.
        of_source = self.ask(LANDED_PAGE, lambda register: register.filter(pl.col("source") == source))
        return of_source.sort("landed_at", "page_name", "source_page")

    def _stored(self) -> pl.DataFrame:
        with lake_trouble(self.location.root):
            return stored_pages(self).collect()


def page_id(source: str, name: str, content: bytes) -> str:
    """First 16 hexadecimal digits of the SHA-256 of source, name and bytes, the first two ended by a zero byte."""
    digest = hashlib.sha256(b"\0".join((source.encode(), name.encode(), b"")))
    digest.update(content)
    return digest.hexdigest()[:16]


def _waits(mapping_hash: str) -> pl.Expr:
    return ~pl.col("is_staged") | pl.col("mapping_hash").ne_missing(pl.lit(mapping_hash))
