// Drag on the row of overrides: the span that was drawn is filled into the dialog of an override. Snaps to the hour, with Alt to
// a quarter. For a mouse or a pen; everybody else has the same dialog behind a button.
class OverrideDrag extends HTMLElement {
  connectedCallback() {
    this.addEventListener('pointerdown', event => {
      if (event.target.matches('.drop') && event.pointerType !== 'touch' && event.button === 0) this.begin(event);
    });
  }

  // The moment below the pointer, in seconds.
  at(event, svg) {
    const { from, until } = this.dataset;
    const box = svg.getBoundingClientRect();
    const share = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
    const step = event.altKey ? 900 : 3600;
    return Math.round((Number(from) + share * (until - from)) / step) * step;
  }

  begin(event) {
    event.preventDefault();
    const svg = event.target.closest('svg.chart');
    const ghost = document.createElementNS(svg.namespaceURI, 'rect');
    const start = this.at(event, svg);
    let end = start;
    for (const [name, value] of [['class', 'ghost'], ['y', Number(event.target.getAttribute('y')) + 7], ['height', 30], ['rx', 6]]) ghost.setAttribute(name, value);
    svg.append(ghost);
    const draw = moved => {
      end = this.at(moved, svg);
      const part = second => (second - this.dataset.from) / (this.dataset.until - this.dataset.from) * 100;
      ghost.setAttribute('x', `${part(Math.min(start, end))}%`);
      ghost.setAttribute('width', `${Math.abs(part(end) - part(start))}%`);
    };
    const stop = new AbortController();
    const over = dropped => {
      stop.abort();
      ghost.remove();
      if (dropped && end !== start) this.open(Math.min(start, end), Math.max(start, end));
    };
    const { signal } = stop;
    addEventListener('pointermove', draw, { signal });
    addEventListener('pointerup', () => over(true), { signal });
    addEventListener('pointercancel', () => over(false), { signal });
    addEventListener('keydown', key => { if (key.key === 'Escape') over(false); }, { signal });
  }

  open(from, until) {
    const dialog = document.getElementById(this.dataset.dialog);
    dialog.querySelector('[name=from]').value = this.civil(from);
    dialog.querySelector('[name=until]').value = this.civil(until);
    dialog.showModal();
  }

  // A moment as a field for dates shows it, in the zone of the chart. Swedish writes dates as ISO does.
  civil(second) {
    const parts = { timeZone: this.dataset.zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' };
    return new Date(second * 1000).toLocaleString('sv-SE', parts).replace(' ', 'T');
  }
}
customElements.define('override-drag', OverrideDrag);
