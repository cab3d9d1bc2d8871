import time
import pytest

@pytest.mark.parametrize("text", ["small, comma", 'big "q" é|x'])
def test_join(benchmark, text):
    benchmark.group = "strings"
    assert benchmark(",".join, [text] * 100)

def test_sleep(benchmark):
    benchmark.pedantic(time.sleep, (0.001,), rounds=3)

def test_once(benchmark):
    benchmark.pedantic(sum, ([1, 2],), rounds=1)
