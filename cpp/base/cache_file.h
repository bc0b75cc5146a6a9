// CacheFile: a small file of keys and values that outlives the process, for what takes time to find
// out. It is never in the way: what cannot be read is as if it were not there, and what cannot be
// written is lost; either is one line of log. Several processes may use one at once.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "base/log.h"

namespace llmserve {

// $LLMSERVE_CACHE_DIR, $XDG_CACHE_HOME/llmserve or ~/.cache/llmserve; empty where none is known.
std::filesystem::path cache_folder();

class CacheFile {
 public:
  // Reads `folder`/`name`; an empty folder: nothing is kept. `identity` is what the entries hold
  // true for: a file of another one is ignored, and replaced by save().
  CacheFile(const std::filesystem::path& folder, const std::string& name, std::string identity);

  std::optional<std::string> find(const std::string& key) const;
  // Neither may hold tabs or line ends.
  void put(const std::string& key, const std::string& value);
  // Writes if anything was put. What others have written meanwhile is kept.
  void save();

 private:
  using Entries = std::map<std::string, std::string>;

  // Says at `level` why the file cannot be used, unless there is none.
  Entries read(LogLevel level) const;
  std::string format(const Entries& entries) const;

  std::filesystem::path path_;  // empty: nothing is kept
  const std::string identity_;
  Entries entries_;
  Entries added_;
};

}  // namespace llmserve
