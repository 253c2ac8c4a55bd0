/** The part of the style sheet for what a reader can change. */
export const LIVE_STYLE = `
.controls{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,13rem),1fr));
gap:1.1rem 2rem;margin:1.2rem 0 .8rem;padding:1.2rem;background:var(--sheet);
border:1px solid var(--line);border-radius:6px}
.controls[hidden]{display:none}
.controls p{display:grid;grid-template-columns:1fr auto;gap:.15rem .8rem;align-items:baseline;
align-content:start;margin:0;min-width:0}
.controls .scenario{grid-column:1/-1}
.controls label{font-size:.86rem;font-weight:600}
.controls output{font-size:.86rem;text-align:right}
.controls select,.controls input,.controls small{grid-column:1/-1;width:100%;min-width:0}
.controls select,.controls button{font:inherit;font-size:.9rem;color:var(--ink);background:var(--page);
border:1px solid var(--chart-zero);border-radius:5px;padding:.42rem .6rem}
.controls input{accent-color:var(--accent);height:1.7rem;margin:0;cursor:pointer}
.controls small{color:var(--ink-muted);font-size:.78rem;line-height:1.4}
.controls small:empty{display:none}
.controls .off label,.controls .off output{color:var(--ink-muted);font-weight:400}
.controls .off input{cursor:not-allowed}
.controls .buttons{grid-column:1/-1;display:block}
.controls button{cursor:pointer}
#try-trouble:empty,#try-place:empty{display:none}
.place{fill:none;stroke:var(--accent);stroke-width:3}
#try-status{min-height:1.62em;margin:0;font-size:.88rem}
#try-result.waiting{opacity:.55}
#try-result .facts{margin-top:.6rem}
#try-result dt,.bars span{overflow-wrap:anywhere}
.live{width:100%}
.live thead .r{white-space:nowrap}
.live i{display:inline-block;width:.72em;height:.72em;margin-right:.5em;border-radius:2px}
.bars{display:grid;grid-template-columns:fit-content(38%) 1fr;gap:.45rem 1rem;align-items:center;
margin:1.8rem 0 1.4rem;font-size:.86rem}
.bars span i{display:inline-block;width:.72em;height:.72em;margin-right:.5em;border-radius:2px}
.bar{display:flex;height:1.3rem;min-width:2px}
.bar i{height:100%}
.folding{white-space:pre-wrap;overflow-wrap:anywhere}
@media print{.controls{display:none}}
`;
