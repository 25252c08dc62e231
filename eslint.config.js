import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

const simulationRooms = [
  "core",
  "engines",
  "tasks",
  "hardware",
  "attention",
  "reader",
  "deployment",
  "trial",
  "figures",
];

export default defineConfig(
  // AssemblyScript looks like TypeScript but is another language; its compiler checks it
  globalIgnores(["dist/", "coverage/", "results/", "src/engines/wasm/assembly/"]),
  {
    files: ["**/*.{ts,tsx}"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // kernels index arrays under noUncheckedIndexedAccess
      "@typescript-eslint/no-non-null-assertion": "off",
      // entries and engines are plain objects whose functions have no `this`
      "@typescript-eslint/unbound-method": "off",
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true, allowDefaultCaseForExhaustiveSwitch: true },
      ],
      "@typescript-eslint/naming-convention": ["error", { selector: "typeLike", format: ["PascalCase"] }],
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-param-reassign": "error",
      "no-restricted-syntax": [
        "error",
        {
          selector: "ObjectExpression > SpreadElement > ObjectExpression",
          message: "Write the properties of a literal plainly.",
        },
      ],
      "object-shorthand": "error",
      "prefer-template": "error",
    },
  },
  {
    // more than four arguments are an object with names
    files: ["src/**/*.{ts,tsx}", "scripts/**/*.ts", "bench/**/*.ts", "experiments/**/*.ts"],
    rules: { "max-params": ["error", 4] },
  },
  {
    files: simulationRooms.map((room) => `src/${room}/**/*.ts`),
    rules: {
      "no-restricted-properties": [
        "error",
        { object: "Math", property: "random", message: "Randomness is passed and named: random.fork(name)." },
        { object: "Date", property: "now", message: "A simulation does not depend on the clock." },
      ],
      "no-console": "error",
    },
  },
  {
    // print and printError write control characters as escapes
    files: ["src/cli/**/*.ts", "src/files/**/*.ts", "src/runs/**/*.ts", "src/studies/**/*.ts"],
    ignores: ["src/cli/print/print.ts"],
    rules: { "no-console": "error" },
  },
);
