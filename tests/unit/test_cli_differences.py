from cli.differences import described
from projections.errors import Difference


def test_each_table_is_told_with_some_of_its_products() -> None:
    details = Difference("main", "product_details", 2, 2, 2, ["a", "b"])
    prices = Difference("outlet", "product_prices", 0, 1_200, 1_200, ["a", "b", "c", "d", "e"])
    assert described([details, prices]) == (
        "2 in main.product_details (a, b); 1,200 in outlet.product_prices (a, b, c, d, e, …)"
    )
