"use strict";
(function () {
  var list = document.getElementById("list"), search = document.getElementById("search");
  var order = document.getElementById("order"), count = document.getElementById("count");
  var nothing = document.getElementById("nothing");
  var items = Array.prototype.slice.call(list.children);
  var texts = items.map(function (item) { return item.textContent.toLowerCase(); });
  function find() {
    var words = search.value.toLowerCase().split(/\s+/).filter(Boolean), shown = 0;
    items.forEach(function (item, index) {
      var hit = words.every(function (word) { return texts[index].indexOf(word) >= 0; });
      item.hidden = !hit;
      shown += hit ? 1 : 0;
    });
    count.textContent = shown + " 家";
    nothing.hidden = shown > 0;
  }
  function sort() {
    var key = order.value, sorted = items.slice();
    if (key === "name") {
      sorted.sort(function (a, b) { return a.dataset.name.localeCompare(b.dataset.name, "zh-CN"); });
    } else if (key) {
      sorted.sort(function (a, b) { return Number(b.dataset[key]) - Number(a.dataset[key]); });
    }
    sorted.forEach(function (item) { list.appendChild(item); });
  }
  function open() {
    var target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    var details = target && list.contains(target) && target.querySelector("details");
    if (!details) { return; }
    if (target.hidden) { search.value = ""; find(); }
    details.open = true;
    target.scrollIntoView();
  }
  search.addEventListener("input", find);
  order.addEventListener("change", sort);
  window.addEventListener("hashchange", open);
  window.addEventListener("beforeprint", function () { items.forEach(function (item) { item.firstElementChild.open = true; }); });
  document.addEventListener("keydown", function (event) {
    if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) { event.preventDefault(); search.focus(); }
  });
  open();
})();
