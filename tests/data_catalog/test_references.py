from data_catalog.references import references


def test_every_reference_can_be_found_and_says_how_much_was_read() -> None:
    for key, reference in references().items():
        assert key == reference.key
        assert reference.title, key
        assert reference.locator or reference.read.startswith("not read"), key
        assert reference.read, key
