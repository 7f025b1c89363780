/**
 * A dashboard as Grafana's own types have it, at the version that deploy/compose.yaml starts, as plain JSON: enums by
 * their values, and options that the panel has a default for left out. Prometheus' question is not among the types.
 */
import type { Dashboard, DataSourceRef, FieldConfig, Panel, RowPanel } from "@grafana/schema";
// The package exports these two files to nobody.
import type { Options as StatOptions } from "../node_modules/@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen.d.ts";
import type { Options as TextOptions } from "../node_modules/@grafana/schema/dist/esm/raw/composable/text/panelcfg/x/TextPanelCfg_types.gen.d.ts";
import type {
  FieldConfig as TimeSeriesField,
  Options as TimeSeriesOptions,
} from "../node_modules/@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen.d.ts";

export type GrafanaDashboard = Plain<Omit<Dashboard, "panels"> & { panels: AnyPanel[] }>;

type AnyPanel =
  | RowPanel
  | PanelOf<"text", TextOptions, unknown>
  | PanelOf<"stat", Partial<StatOptions>, Record<string, never>>
  | PanelOf<"timeseries", TimeSeriesOptions, TimeSeriesField>;

type PanelOf<Type extends string, Options, Custom> = Omit<
  Panel,
  "type" | "options" | "fieldConfig" | "targets"
> & {
  type: Type;
  options: Options;
  fieldConfig?: { defaults: Omit<FieldConfig, "custom"> & { custom: Custom }; overrides: [] };
  targets?: Question[];
};

type Question = {
  refId: string;
  datasource: DataSourceRef;
  expr: string;
  legendFormat: string;
  range: boolean;
};

type Plain<Value> = Value extends string
  ? `${Value}`
  : Value extends number | boolean | null | undefined
    ? Value
    : Value extends readonly (infer Item)[]
      ? Plain<Item>[]
      : Value extends object
        ? { [Field in keyof Value]: Plain<Value[Field]> }
        : Value;
