/* A row of tabs wider than the screen opens on the current one, and says on which sides there are more. */
export default function tabs(row) {
  const current = row.querySelector("[aria-current]");
  if (current && row.scrollWidth > row.clientWidth) {
    row.scrollLeft = current.offsetLeft - row.offsetLeft - (row.clientWidth - current.offsetWidth) / 2;
  }
  const tell = () => {
    const left = row.scrollWidth - row.clientWidth - row.scrollLeft;
    // A pixel either way is what zooming rounds.
    row.parentElement.dataset.more = [row.scrollLeft > 1 && "before", left > 1 && "after"].filter(Boolean).join(" ");
  };
  row.addEventListener("scroll", tell, { passive: true });
  new ResizeObserver(tell).observe(row);
}
