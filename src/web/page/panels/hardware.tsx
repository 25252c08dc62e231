import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { Command } from "../controls/command.tsx";
import { Drop } from "../controls/drop.tsx";
import type { DroppedFile } from "../controls/drop.tsx";
import { SelectField, Slider, TextField } from "../controls/fields.tsx";
import { Figure } from "../controls/figure.tsx";
import { Memory } from "../controls/memory.tsx";
import { UsersSlider, usersOf } from "../controls/shared.tsx";
import { Table } from "../controls/table.tsx";
import { useAnswer } from "../library.ts";
import { useLook } from "../look.ts";
import type { HardwareSide } from "../../questions.ts";
import { valuesOf } from "../values.ts";
import type { NumberRange } from "../values.ts";
import type { Panel, PanelProps } from "./panel.ts";

/** Quantities that sliders scale, by path. */
const scaled = [
  { path: "gpu.hbm", label: "HBM capacity" },
  { path: "gpu.hbmBandwidth", label: "HBM bandwidth" },
  { path: "gpu.nvlink", label: "NVLink bandwidth" },
  { path: "host.toGpu", label: "C2C bandwidth, Grace to GPU" },
  { path: "host.memory", label: "memory of a Grace processor" },
] as const;

const scaleRange: NumberRange = { least: 1, most: 1_000_000 };

const usualPlacement = "hbm";

const contexts = ["32K", "64K", "128K", "256K", "512K", "1M"];

/** A model on two systems: memory, times of a step, prices. */
function Hardware(props: PanelProps): JSX.Element {
  const { offer } = props;
  const { text, number, wrong, set } = valuesOf(props);
  const element = useRef<HTMLDivElement>(null);
  const look = useLook(element);
  const [modelFile, setModelFile] = useState<DroppedFile>();
  const [left, right] = [text("system", "gb200-nvl72"), text("beside", "gb300-nvl72")];
  const model = text("model", "deepseek-v3");
  const variant = text("attention", "");
  const context = text("context", "128K");
  const placement = text("placement", usualPlacement);
  const scales = Object.fromEntries(scaled.map(({ path }) => [path, number(path, 100, scaleRange)]));
  const question = look && {
    systems: left === right || right === "none" ? [left] : [left, right],
    model,
    modelFile,
    variant,
    placement: placement === usualPlacement ? "" : placement,
    kvDtype: text("kv", "fp8"),
    users: usersOf(props),
    context,
    parallel: text("parallel", ""),
    scales,
    look,
  };
  const { answer, error, isOpen, firstMs, allMs } = useAnswer("hardware", question);
  const errors = answer?.errors ?? {};
  const systems = offer.systems.map(({ name }) => ({ value: name, text: name }));
  return (
    <div class="panel">
      <form class="controls" onSubmit={(event) => event.preventDefault()}>
        <SelectField label="system" value={left} options={systems} onChange={set("system", "gb200-nvl72")} />
        <SelectField
          label="beside it"
          value={right}
          options={[...systems, { value: "none", text: "nothing" }]}
          onChange={set("beside", "gb300-nvl72")}
        />
        <SelectField
          label="model"
          value={model}
          error={modelFile ? undefined : errors[model]}
          options={offer.models.map(({ name }) => ({ value: name, text: name }))}
          onChange={set("model", "deepseek-v3")}
        />
        <Drop label="a config.json of your own" accept=".json" onFiles={([file]) => setModelFile(file)} />
        {modelFile && (
          <p class="hint">
            {modelFile.name} stands for the model.{" "}
            <button type="button" onClick={() => setModelFile(undefined)}>
              leave it out
            </button>
          </p>
        )}
        {modelFile && errors[model] !== undefined && (
          <p class="error" role="alert">
            {errors[model]}
          </p>
        )}
        <TextField
          label="attention"
          value={variant}
          suggested={offer.variants.map(({ name }) => name)}
          error={variant === "" ? undefined : errors[variant]}
          hint="empty: the model's own"
          onChange={set("attention", "")}
        />
        <SelectField
          label="K and V in"
          value={placement}
          hint={offer.placements.find(({ name }) => name === placement)?.summary}
          options={offer.placements.map(({ name }) => ({ value: name, text: name }))}
          onChange={set("placement", usualPlacement)}
        />
        <SelectField
          label="K and V as"
          value={text("kv", "fp8")}
          options={offer.kvDtypes.map((value) => ({ value, text: value }))}
          onChange={set("kv", "fp8")}
        />
        <UsersSlider {...props} label="users (batch)" />
        <TextField
          label="context, tokens"
          value={context}
          suggested={contexts}
          error={errors[context]}
          onChange={set("context", "128K")}
        />
        <TextField
          label="division among GPUs"
          value={text("parallel", "")}
          error={text("parallel", "") === "" ? undefined : errors[text("parallel", "")]}
          hint="tp=8,dp=8, for example; empty: the fastest"
          onChange={set("parallel", "")}
        />
        <details open>
          <summary>What if: percent of the system's own</summary>
          {scaled.map(({ path, label }) => (
            <Slider
              key={path}
              label={label}
              min={25}
              max={400}
              step={5}
              value={number(path, 100, scaleRange)}
              error={wrong(path, scaleRange)}
              onChange={set(path, 100)}
            />
          ))}
        </details>
      </form>
      <div class="results" ref={element} aria-busy={isOpen}>
        {error !== undefined && (
          <p class="error" role="alert">
            {error}
          </p>
        )}
        <div class="sides">
          {answer?.sides.map((side) => (
            <Side key={side.system} side={side} />
          ))}
        </div>
        {answer?.figures.map((figure) => (
          <Figure key={figure.name} figure={figure} />
        ))}
        <p class="status" data-first-ms={firstMs?.toFixed(0)} data-all-ms={allMs?.toFixed(0)}>
          {isOpen ? "working out prompts and prices …" : ""}
        </p>
        {answer?.commands.map((command) => (
          <div key={command.gives}>
            <small>{command.gives}:</small>
            <Command text={command.text} />
          </div>
        ))}
        {answer?.table && (
          <Table
            table={answer.table}
            caption="Operators of a step on one GPU, all layers together; adds: the time that does not pass beside other kernels"
          />
        )}
      </div>
    </div>
  );
}

/** A model on one system. */
function Side({ side }: { readonly side: HardwareSide }): JSX.Element {
  return (
    <section class="side" aria-label={side.system}>
      <h3>{side.system}</h3>
      {side.error === undefined ? (
        <>
          {side.bars.map((bar) => (
            <Memory key={bar.memory} bar={bar} />
          ))}
          <p class={side.bars.some(({ short }) => short > 0) ? "verdict short" : "verdict"}>{side.verdict}</p>
          <dl>
            {side.facts.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </>
      ) : (
        <p class="error">{side.error}</p>
      )}
    </section>
  );
}

export const hardwarePanel: Panel = {
  name: "hardware",
  title: "Hardware",
  question: "What does a step cost on a rack, and what limits it?",
  View: Hardware,
};
