"""A folder of facts is whole or it is refused."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from doudi.rules.declared import Category, Fact
from doudi.rules.types import MONEY
from doudi.screening.facts import PART_HOUSEHOLDS, FactsRefused, FactsSchema, schema_of
from doudi.screening.parts import MANIFEST, Facts, FactsWriter, open_facts
from tests.unit.screening.declared_facts import national, schema

MONTH = date(2024, 7, 1)


def household(first: int, n: int = 2) -> pa.Table:
    return pa.table(
        {
            "id": pa.array(range(first, first + n), pa.int64()),
            "城乡": pa.array(["农村"] * n),
            "户籍地": [451229101201] * n,
        }
    )


def write(folder: Path, *, parts: int = 2, overwrite: bool = False) -> Facts:
    writer = FactsWriter(folder, schema(), MONTH, origin="generated", seed=5, overwrite=overwrite)
    for i in reversed(range(parts)):
        writer.part(i, {"household": household(1 + 10 * i)})
    writer.extra("planted.parquet", pa.table({"household": [1]}))
    return writer.finish()


def refused(folder: Path, against: FactsSchema | None = None) -> str:
    with pytest.raises(FactsRefused) as e:
        _verify(folder, against)
    return e.value.code


def _verify(folder: Path, against: FactsSchema | None) -> None:
    open_facts(folder, against).verify()


def test_written_and_read_again(tmp_path: Path) -> None:
    facts = write(tmp_path)
    assert facts == open_facts(tmp_path, schema())
    assert (facts.month, facts.seed, facts.origin) == (MONTH, 5, "generated")
    assert facts.rows["household"] == 4
    assert facts.rows["income"] == 0
    assert [p.households for p in facts] == [2, 2]
    tables = facts.parts[1].read()
    assert tables["household"].column("id").to_pylist() == [11, 12]
    assert tables["household"].column("城乡").to_pylist() == ["农村", "农村"]
    assert tables["person"].num_rows == 0
    assert facts.read_extra("planted.parquet").num_rows == 1
    facts.verify()


def test_only_the_columns_asked_for(tmp_path: Path) -> None:
    part = write(tmp_path).parts[0]
    for verify in (True, False):
        tables = part.read({"household": ["城乡", "易地搬迁"], "person": []}, verify=verify)
        assert tables["household"].column_names == ["id", "城乡"]
        assert tables["person"].column_names == ["id", "parent"]
        assert set(tables) == {"household", "person"}


def test_the_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    assert write(tmp_path / "a").digest == write(tmp_path / "b").digest
    assert (tmp_path / "a" / MANIFEST).read_bytes() == (tmp_path / "b" / MANIFEST).read_bytes()


def test_a_killed_writing_is_refused_and_may_be_begun_again(tmp_path: Path) -> None:
    writer = FactsWriter(tmp_path, schema(), MONTH, origin="generated")
    writer.part(0, {"household": household(1)})
    (tmp_path / "part-00001.tmp").mkdir()
    assert refused(tmp_path) == "unfinished"
    facts = write(tmp_path, parts=1)
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_dir()) == ["part-00000"]
    facts.verify()


def test_a_killed_overwriting_does_not_leave_the_old_manifest(tmp_path: Path) -> None:
    write(tmp_path)
    FactsWriter(tmp_path, schema(), MONTH, origin="generated", overwrite=True)
    assert refused(tmp_path) == "unfinished"


def test_finished_facts_are_not_overwritten_unless_asked(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "mine.txt").write_text("kept")
    with pytest.raises(FactsRefused) as e:
        write(tmp_path)
    assert e.value.code == "exists"
    open_facts(tmp_path).verify()
    assert write(tmp_path, parts=1, overwrite=True).rows["household"] == 2
    assert (tmp_path / "mine.txt").read_text() == "kept"


def test_a_missing_part_is_never_finished(tmp_path: Path) -> None:
    writer = FactsWriter(tmp_path, schema(), MONTH, origin="generated")
    writer.part(1, {"household": household(1)})
    with pytest.raises(ValueError, match="missing"):
        writer.finish()
    assert refused(tmp_path) == "unfinished"


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    facts = write(tmp_path)
    path = tmp_path / "part-00001" / "household.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"X")
    assert refused(tmp_path) == "changed"
    with pytest.raises(FactsRefused):
        facts.parts[1].read()
    facts.parts[0].read()


def test_a_vanished_file_is_refused(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "part-00000" / "person.parquet").unlink()
    assert refused(tmp_path) == "gone"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 99}'])
def test_a_damaged_manifest_is_refused(tmp_path: Path, text: str) -> None:
    write(tmp_path)
    (tmp_path / MANIFEST).write_text(text)
    assert refused(tmp_path) == "bad-manifest"


def test_tables_that_are_not_declared_and_parts_too_large_are_refused(tmp_path: Path) -> None:
    writer = FactsWriter(tmp_path, schema(), MONTH, origin="generated")
    with pytest.raises(FactsRefused) as e:
        writer.part(0, {"pets": household(1)})
    assert e.value.code == "unknown-table"
    with pytest.raises(FactsRefused) as e:
        writer.part(0, {"household": household(1, PART_HOUSEHOLDS + 1)})
    assert e.value.code == "too-many"


def test_facts_of_an_older_pack_are_read_where_they_mean_the_same(tmp_path: Path) -> None:
    write(tmp_path)
    book = national()
    more = replace(book, facts=(*book.facts, Fact("户", "新事项", "New", MONEY, 0, 100)))
    open_facts(tmp_path, schema_of(more)).verify()
    fewer = replace(book, facts=tuple(f for f in book.facts if f.name != "城乡"))
    assert refused(tmp_path, schema_of(fewer)) == "other-schema"


def test_facts_whose_categories_changed_meaning_are_refused(tmp_path: Path) -> None:
    write(tmp_path)
    book = national()

    def with_kinds(change: slice | None) -> FactsSchema:
        def of(c: Category) -> Category:
            if c.name != "收入种类":
                return c
            return replace(c, values=(*c.values, ("新种类", "new")) if change is None else c.values[change])

        return schema_of(replace(book, categories=tuple(of(c) for c in book.categories)))

    open_facts(tmp_path, with_kinds(None))
    assert refused(tmp_path, with_kinds(slice(1, None))) == "other-schema"
    assert refused(tmp_path, with_kinds(slice(None, None, -1))) == "other-schema"


def test_the_manifest_says_what_is_in_the_folder(tmp_path: Path) -> None:
    write(tmp_path)
    m = json.loads((tmp_path / MANIFEST).read_text(encoding="utf-8"))
    assert m["schema_digest"] == schema().digest
    assert m["rows"]["household"] == 4
    assert m["schema"]["income"]["kind"] == "种类"
    assert len(m["parts"][0]["files"]["household.parquet"]["sha256"]) == 64
