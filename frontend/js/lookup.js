// Turns an officer's long list into a field that finds as you type, over the admin's own look-up address.
for (const select of document.querySelectorAll("select.admin-autocomplete")) {
  const data = select.dataset;
  const box = document.createElement("div");
  const chosen = select.selectedOptions[0];
  const id = select.id;
  select.id = `${id}-choice`;
  select.hidden = true;
  select.after(box);

  const choose = (item) => {
    if (!item) return;
    select.replaceChildren(new Option(item.text, item.id, true, true));
  };
  const find = async (term, done) => {
    const query = new URLSearchParams({
      term, app_label: data.appLabel, model_name: data.modelName, field_name: data.fieldName,
    });
    const answer = await fetch(`${data["ajax-Url"]}?${query}`, { credentials: "same-origin" });
    done(answer.ok ? (await answer.json()).results : []);
  };
  const text = (item) => (typeof item === "string" ? item : item?.text ?? "");

  window.accessibleAutocomplete({
    element: box,
    id,
    source: find,
    minLength: 2,
    displayMenu: "overlay",
    defaultValue: chosen?.value ? chosen.text : "",
    templates: { inputValue: text, suggestion: text },
    onConfirm: choose,
  });

  const input = document.getElementById(id);
  const described = select.getAttribute("aria-describedby");
  if (described) input.setAttribute("aria-describedby", `${described} ${input.getAttribute("aria-describedby") ?? ""}`.trim());
  // An emptied field means "none": without this the old choice would be saved.
  input.addEventListener("change", () => {
    if (!input.value.trim()) select.replaceChildren(new Option("", "", true, true));
  });
}
