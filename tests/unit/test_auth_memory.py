from api.auth.memory import Memory


def test_a_value_is_remembered_until_its_time_is_up() -> None:
    memory: Memory[str, int] = Memory(2)
    memory.put("kept", 1, 60)
    memory.put("old", 2, 0)

    assert memory.get("kept") == 1
    assert memory.get("old") is None
    assert memory.get("never") is None


def test_the_oldest_makes_room() -> None:
    memory: Memory[int, int] = Memory(2)
    for number in range(5):
        memory.put(number, number, 60)

    assert [memory.get(number) for number in range(5)] == [None, None, None, 3, 4]


def test_what_is_put_again_is_new() -> None:
    memory: Memory[str, int] = Memory(2)
    for key, value in (("a", 1), ("b", 2), ("a", 3), ("c", 4)):
        memory.put(key, value, 60)

    assert (memory.get("a"), memory.get("b"), memory.get("c")) == (3, None, 4)


def test_what_is_dropped_is_gone() -> None:
    memory: Memory[str, int] = Memory(2)
    memory.put("a", 1, 60)
    memory.drop("a")
    memory.drop("a")

    assert memory.get("a") is None
