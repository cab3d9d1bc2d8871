# trivigil: tags a
def check_well(site):
    assert site.client().get("/json").json()["list"] == [1, 2, 3]


# trivigil: depends-on shop well
# trivigil: runbook https://wiki.example/wrong
def check_wrong(site):
    with site.client() as client:
        answer = client.get("/json")
        site.warn(answer.headers["etag"] == "v8", f"the version is {answer.headers['etag']}")
        assert answer.json()["name"] == "cafe", answer.json()["name"]


def check_gone(site):
    answer = site.client().get("/status/503")
    answer.raise_for_status()
