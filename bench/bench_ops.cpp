// Single ops of a backend at the shapes of common decoders, beside what the device can do: a copy's
// bandwidth and the rate of a large product, measured in the same run. A JSON object a line on
// stdout; --help lists the flags. With --stepped 1 each case is measured when stdin says so, for
// programs that measure something else in turn (compare_cuda.py).
#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>

#include "engine/backend_factory.h"
#include "flags.h"
#include "ops/stopwatch.h"

namespace llmserve {
namespace {

const std::vector<ModelSizes>& known_models() {
  static const std::vector<ModelSizes> all = {
      {"8b", 4096, 14336, 32, 8, 128, 128256},
      {"1b", 2048, 8192, 32, 8, 64, 128256},
      {"tiny", 256, 768, 8, 2, 32, 4096},  // to try the program itself
  };
  return all;
}

struct Settings {
  std::string device = "cuda";
  std::string dtype = "bfloat16";
  std::vector<std::string> models{"8b", "1b"};
  std::vector<std::string> select;
  int32_t samples = 5;
  double min_ms = 20;
  int64_t rotate_mb = 256;
  int32_t most_tokens = 8192;
  int32_t most_context = 65536;
  int32_t page_size = 16;
  int32_t num_threads = 2;
  double budget = 0;
  bool list = false;
  bool stepped = false;
};

std::vector<Flag> make_flags(Settings& s) {
  return {
      text_flag("--device", "cpu or cuda", s.device),
      text_flag("--dtype", "float32, bfloat16 or float16", s.dtype),
      list_flag("--models", "of 8b, 1b, tiny", s.models),
      list_flag("--select", "parts of the names of cases to take; without it, all", s.select),
      bool_flag("--list", "print the names of the cases and measure none", s.list),
      number_flag("--samples", "of each case; their median counts", s.samples),
      number_flag("--min-ms", "of a sample, at least", s.min_ms),
      number_flag("--rotate-mb", "MiB that the data of a case take, at least", s.rotate_mb),
      number_flag("--most-tokens", "of a step; larger cases are left out", s.most_tokens),
      number_flag("--most-context", "of a sequence; larger cases are left out", s.most_context),
      number_flag("--page-size", "tokens of a page of the KV cache", s.page_size),
      number_flag("--num-threads", "of the CPU backend", s.num_threads),
      number_flag("--budget", "seconds after which no case begins; 0: none", s.budget),
      bool_flag("--stepped",
                "for each case, print it with \"ready\"; then, for each line of stdin: 'again' "
                "measures it, 'next' goes on",
                s.stepped),
  };
}

CaseSettings make_case_settings(const Settings& s) {
  CaseSettings settings;
  for (const std::string& name : s.models) {
    const auto found = std::find_if(known_models().begin(), known_models().end(),
                                    [&](const ModelSizes& model) { return model.name == name; });
    require(found != known_models().end(), "--models has '", name, "'; allowed: 8b, 1b, tiny");
    settings.models.push_back(*found);
  }
  bool known = false;
  for (const DType dtype : {DType::kFloat32, DType::kBFloat16, DType::kFloat16}) {
    if (dtype_name(dtype) != s.dtype) continue;
    settings.dtype = dtype;
    known = true;
  }
  require(known, "--dtype is '", s.dtype, "'; allowed: float32, bfloat16, float16");
  require(
      s.samples >= 1 && s.rotate_mb >= 1 && s.page_size >= 1 && s.most_tokens >= 1 &&
          s.most_context >= 1,
      "--samples, --rotate-mb, --page-size, --most-tokens and --most-context must be 1 or more");
  settings.rotated_bytes = s.rotate_mb << 20;
  settings.most_tokens = s.most_tokens;
  settings.most_context = s.most_context;
  return settings;
}

// The ceilings come first, whatever is selected: the rest is compared with them.
std::vector<CaseMaker> make_cases(const Settings& s, const CaseSettings& settings) {
  std::vector<CaseMaker> makers = {page_copy(settings), large_product(settings)};
  for (const auto family : {linear_cases, attention_cases, token_cases, sampling_cases}) {
    for (CaseMaker& maker : family(settings)) {
      const bool wanted =
          s.select.empty() || std::any_of(s.select.begin(), s.select.end(), [&](const auto& part) {
            return maker.name.find(part) != std::string::npos;
          });
      if (wanted) makers.push_back(std::move(maker));
    }
  }
  return makers;
}

StepLimits make_limits(const Settings& s, const CaseSettings& settings) {
  constexpr int32_t kRows = 256;
  StepLimits limits;
  limits.max_tokens = std::max(kRows, s.most_tokens);
  limits.max_rows = limits.max_logit_rows = kRows;
  limits.max_model_len = std::max({kRows, s.most_tokens, s.most_context});
  limits.page_size = s.page_size;
  limits.max_in_features = s.most_tokens;  // of the large product
  for (const ModelSizes& model : settings.models) {
    limits.vocab_size = std::max(limits.vocab_size, model.vocab);
    limits.max_in_features = std::max({limits.max_in_features, model.hidden, model.intermediate});
    limits.max_heads = std::max(limits.max_heads, model.heads);
    limits.max_head_dim = std::max(limits.max_head_dim, model.head_dim);
  }
  return limits;
}

class Program {
 public:
  explicit Program(const Settings& settings)
      : settings_(settings),
        case_settings_(make_case_settings(settings)),
        begin_(std::chrono::steady_clock::now()) {
    require(settings.device == "cpu" || settings.device == "cuda", "--device is '", settings.device,
            "'; allowed: cpu, cuda");
  }

  void list() const {
    for (const CaseMaker& maker : make_cases(settings_, case_settings_)) {
      std::cout << maker.name << '\n';
    }
  }

  void run() {
    const DeviceType type = settings_.device == "cuda" ? DeviceType::kCuda : DeviceType::kCpu;
    const std::unique_ptr<Backend> backend = make_backend({type, 0}, settings_.num_threads);
    Bed bed(*backend, make_limits(settings_, case_settings_));
    Row()
        .add("what", "device")
        .add("backend", backend->name())
        .add("dtype", settings_.dtype)
        .add("graphs", backend->has_graphs())
        .print();
    for (const CaseMaker& maker : make_cases(settings_, case_settings_)) {
      if (!std::cin) return;  // whoever says when is gone
      if (settings_.budget > 0 && seconds() > settings_.budget) {
        Row().add("name", maker.name).add("error", "no time left").print();
        continue;
      }
      try {
        take(bed, maker);
      } catch (const Error& error) {
        Row().add("name", maker.name).add("error", error.what()).print();
        backend->wait(backend->record());  // throws where the device itself has failed
      }
    }
  }

 private:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }

  void take(Bed& bed, const CaseMaker& maker) {
    const Case subject = maker.make(bed);
    const Stopwatch::Settings how{.samples = settings_.samples, .least_s = settings_.min_ms / 1e3};
    Stopwatch stopwatch(bed.backend(), subject, how);
    if (!settings_.stepped) {
      report(maker.name, subject, stopwatch);
      return;
    }
    Row ready = row_of(maker.name, subject);
    ready.add("ready", true).print();
    for (std::string line; std::getline(std::cin, line) && line != "next";) {
      require(line == "again", "stdin says '", line, "'; allowed: again, next");
      report(maker.name, subject, stopwatch);
    }
  }

  static Row row_of(const std::string& name, const Case& subject) {
    Row row;
    row.add("name", name);
    row.append(subject.row);
    row.add("sets", subject.num_sets).add("bytes", subject.bytes).add("flops", subject.flops);
    return row;
  }

  void report(const std::string& name, const Case& subject, Stopwatch& stopwatch) {
    const Timing timing = stopwatch.measure();
    if (name == "ceiling/copy") bytes_per_s_ = subject.bytes / timing.median_s;
    if (name == "ceiling/product") flops_per_s_ = subject.flops / timing.median_s;
    Row row = row_of(name, subject);
    row.add("graph", stopwatch.has_graph()).add("runs", stopwatch.runs());
    row.add("us", timing.median_s * 1e6).add("us_min", timing.min_s * 1e6);
    row.add("us_max", timing.max_s * 1e6).add("gb_s", subject.bytes / timing.median_s / 1e9);
    row.add("tflop_s", subject.flops / timing.median_s / 1e12);
    if (bytes_per_s_ > 0 && flops_per_s_ > 0) {
      const double floor_s = std::max(subject.bytes / bytes_per_s_, subject.flops / flops_per_s_);
      row.add("floor_us", floor_s * 1e6).add("of_floor", floor_s / timing.median_s);
    }
    row.print();
  }

  const Settings settings_;
  const CaseSettings case_settings_;
  const std::chrono::steady_clock::time_point begin_;
  double bytes_per_s_ = 0;
  double flops_per_s_ = 0;
};

}  // namespace
}  // namespace llmserve

int main(int argc, char** argv) {
  try {
    llmserve::Settings settings;
    if (!llmserve::parse_flags({argv + 1, argv + argc}, llmserve::make_flags(settings))) return 0;
    llmserve::Program program(settings);
    settings.list ? program.list() : program.run();
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "bench_ops: " << error.what() << '\n';
    return 1;
  }
}
