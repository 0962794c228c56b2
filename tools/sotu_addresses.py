"""Write ``data/sotu_addresses.csv``, the table of figures about the addresses: ``python -m tools.sotu_addresses``."""

from pathlib import Path

from qta_keras import data

TABLE = Path(__file__).parents[1] / "data" / "sotu_addresses.csv"

if __name__ == "__main__":
    data.measure_addresses(data.load_sotu()).to_csv(TABLE, lineterminator="\n", encoding="utf-8")
    print(f"{TABLE} has been written.")
