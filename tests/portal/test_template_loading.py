"""Constant translations are looked up once a language, and pages say what they said before."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.template import Context, Engine
from django.template.base import TextNode
from django.utils import translation

PAGE = (
    '<p>{% translate "政策" %}</p>{% if shown %}<b title="{% translate \'目标\' %}">{{ name }}</b>{% else %}{% translate "政策" %}'
    '{% endif %}{% for each in rows %}{% translate "政策" %}{{ each }}{% empty %}{% translate "目标" %}{% endfor %}'
    '{% translate "政策" as kept %}{{ kept }}{% translate name %}'
)


def engine(folder: Path, *loaders: object) -> Engine:
    (folder / "page.html").write_text(PAGE, encoding="utf-8")
    (folder / "child.html").write_text(
        '{% extends "outer.html" %}{% block inner %}{% translate "政策" %}{% endblock %}'
    )
    (folder / "outer.html").write_text('{% include "page.html" %}{% block inner %}{% endblock %}{% translate "目标" %}')
    return Engine(loaders=list(loaders), builtins=["django.templatetags.i18n"], dirs=[str(folder)])


FILES = "django.template.loaders.filesystem.Loader"
OURS = ("cewen.portal.template_loading.Loader", [FILES])


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", ["page.html", "child.html"])
@pytest.mark.parametrize("given", [{"shown": True, "name": "<目标>", "rows": ["一", "&"]}, {"name": "政策"}])
def test_a_page_reads_as_it_does_with_the_loader_of_django(
    tmp_path: Path, language: str, name: str, given: dict[str, object]
) -> None:
    with translation.override(language):
        plain = engine(tmp_path, FILES).get_template(name).render(Context(given))
        ours = engine(tmp_path, OURS)
        assert ours.get_template(name).render(Context(given)) == plain
        assert ours.get_template(name).render(Context(given)) == plain


def test_languages_do_not_mix_and_words_are_looked_up_once(tmp_path: Path) -> None:
    ours = engine(tmp_path, OURS)
    with translation.override("zh-hans"):
        chinese = ours.get_template("page.html")
    with translation.override("en"):
        english = ours.get_template("page.html")
        assert "政策" not in english.render(Context({"name": "x"}))
        assert ours.get_template("page.html") is english
        assert isinstance(english.nodelist[0], TextNode)
        assert english.nodelist[0].s == "<p>Policies</p>"
    with translation.override("zh-hans"):
        assert chinese.render(Context({"name": "x"})).startswith("<p>政策</p>")


def test_many_threads_at_once_see_whole_pages(tmp_path: Path) -> None:
    wanted = engine(tmp_path, FILES).get_template("child.html").render(Context({"rows": range(50)}))

    def render(ours: Engine) -> str:
        with translation.override("zh-hans"):
            return ours.get_template("child.html").render(Context({"rows": range(50)}))

    with translation.override("zh-hans"), ThreadPoolExecutor(8) as pool:
        for _ in range(20):
            ours = engine(tmp_path, OURS)
            assert set(pool.map(render, [ours] * 16)) == {wanted}
