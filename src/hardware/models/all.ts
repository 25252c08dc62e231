import { Registry } from "../../core/entry.ts";
import type { Model } from "../model.ts";
import { deepseekV32 } from "./deepseek-v3.2.ts";
import { deepseekV3 } from "./deepseek-v3.ts";
import { deepseekV4Flash } from "./deepseek-v4-flash.ts";
import { deepseekV4Pro } from "./deepseek-v4-pro.ts";
import { deepseekV41Flash } from "./deepseek-v4.1-flash.ts";
import { gemma3Of27b } from "./gemma-3-27b.ts";
import { gemma4Of31b } from "./gemma-4-31b.ts";
import { glm52 } from "./glm-5.2.ts";
import { glm53Flash } from "./glm-5.3-flash.ts";
import { gptOss120b } from "./gpt-oss-120b.ts";
import { gptOss20b } from "./gpt-oss-20b.ts";
import { kimiK2 } from "./kimi-k2.ts";
import { kimiK25 } from "./kimi-k2.5.ts";
import { kimiK3 } from "./kimi-k3.ts";
import { kimiLinear } from "./kimi-linear.ts";
import { llama31Of405b } from "./llama-3.1-405b.ts";
import { llama31Of70b } from "./llama-3.1-70b.ts";
import { llama31Of8b } from "./llama-3.1-8b.ts";
import { llama4Maverick } from "./llama-4-maverick.ts";
import { minimaxM25 } from "./minimax-m2.5.ts";
import { minimaxM3 } from "./minimax-m3.ts";
import { nemotron3Super } from "./nemotron-3-super.ts";
import { qwen3Of235b } from "./qwen3-235b.ts";
import { qwen3Of30b } from "./qwen3-30b.ts";
import { qwen3Of8b } from "./qwen3-8b.ts";
import { qwen35Of397b } from "./qwen3.5-397b.ts";
import { qwen38FlashNext } from "./qwen3.8-flash-next.ts";

/** Every model; a new one is a file and a line here. */
export const models = new Registry<Model>(
  "model",
  [
    llama31Of405b,
    llama31Of70b,
    llama31Of8b,
    deepseekV3,
    deepseekV32,
    deepseekV4Pro,
    deepseekV4Flash,
    deepseekV41Flash,
    kimiK2,
    kimiK25,
    kimiK3,
    kimiLinear,
    glm52,
    glm53Flash,
    minimaxM25,
    minimaxM3,
    qwen3Of235b,
    qwen3Of30b,
    qwen3Of8b,
    qwen35Of397b,
    qwen38FlashNext,
    gptOss120b,
    gptOss20b,
    gemma3Of27b,
    gemma4Of31b,
    llama4Maverick,
    nemotron3Super,
  ],
  ["hidden", "attention", "feedForward"],
);
