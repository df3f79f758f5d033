import asyncio

from wirescope.workbench import fan_out


async def test_a_sink_of_several_is_full_while_any_of_them_is():
    loop = asyncio.get_running_loop()
    first, second, passed = loop.create_future(), loop.create_future(), asyncio.Event()
    sink = fan_out([lambda _: first, lambda _: None, lambda _: second])
    sink([]).add_done_callback(lambda _: passed.set())
    first.set_result(None)
    await asyncio.sleep(0)
    assert not passed.is_set()
    second.set_result(None)
    await passed.wait()


def test_a_sink_of_one_is_that_one_and_of_none_takes_everything():
    seen = []
    assert fan_out([seen.extend]) == seen.extend
    assert fan_out([])([]) is None
