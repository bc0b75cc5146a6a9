#include "base/cache_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/env.h"

namespace llmserve {
namespace {

constexpr std::string_view kTitle = "llmserve cache 1";
constexpr uintmax_t kMostBytes = 4 << 20;  // far more than ours ever have
constexpr const char* kSeparators = "\t\r\n";

// FNV-1a: finds accidents, which is all that is to be found here.
std::string checksum(std::string_view text) {
  uint64_t sum = 14695981039346656037u;
  for (const char c : text) sum = (sum ^ static_cast<unsigned char>(c)) * 1099511628211u;
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(sum));
  return digits;
}

// The text up to the next line end, which goes; nothing where there is none.
std::optional<std::string_view> take_line(std::string_view& text) {
  const size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

// Writes the whole file beside `path` and renames it, so that nobody ever reads half of one. Throws
// std::system_error.
void replace_file(const std::filesystem::path& path, std::string_view text) {
  std::filesystem::create_directories(path.parent_path());
  std::string name = path.string() + ".XXXXXX";
  const int file = mkstemp(name.data());
  const auto check = [](bool ok) {
    if (!ok) throw std::system_error(errno, std::generic_category());
  };
  check(file >= 0);
  try {
    size_t done = 0;
    while (done < text.size()) {
      const ssize_t count = write(file, text.data() + done, text.size() - done);
      if (count < 0 && errno == EINTR) continue;
      check(count >= 0);
      done += static_cast<size_t>(count);
    }
    check(std::rename(name.c_str(), path.c_str()) == 0);
  } catch (...) {
    close(file);
    unlink(name.c_str());
    throw;
  }
  close(file);
}

}  // namespace

std::filesystem::path cache_folder() {
  if (const std::string folder = env::cache_dir(); !folder.empty()) return folder;
  // A relative one is to be ignored, says the specification of these variables.
  const std::filesystem::path cache = env::get("XDG_CACHE_HOME", "");
  if (cache.is_absolute()) return cache / "llmserve";
  const std::filesystem::path home = env::get("HOME", "");
  return home.is_absolute() ? home / ".cache" / "llmserve" : std::filesystem::path();
}

CacheFile::CacheFile(const std::filesystem::path& folder, const std::string& name,
                     std::string identity)
    : path_(folder.empty() ? folder : folder / name), identity_(std::move(identity)) {
  CHECK(identity_.find_first_of(kSeparators) == std::string::npos);
  if (!path_.empty()) entries_ = read(LogLevel::kWarning);
}

std::optional<std::string> CacheFile::find(const std::string& key) const {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return std::nullopt;
  return found->second;
}

void CacheFile::put(const std::string& key, const std::string& value) {
  CHECK((key + value).find_first_of(kSeparators) == std::string::npos, "cache entry ", key);
  entries_[key] = value;
  added_[key] = value;
}

void CacheFile::save() {
  if (added_.empty() || path_.empty()) return;
  Entries entries = read(LogLevel::kDebug);
  for (const auto& [key, value] : added_) entries[key] = value;
  added_.clear();
  try {
    replace_file(path_, format(entries));
  } catch (const std::system_error& error) {
    log(LogLevel::kWarning, "cannot write ", path_.string(), ": ", error.code().message());
  }
}

std::string CacheFile::format(const Entries& entries) const {
  std::string text = detail::concat(kTitle, "\n", identity_, "\n");
  for (const auto& [key, value] : entries) text += key + "\t" + value + "\n";
  return text + checksum(text) + "\n";
}

CacheFile::Entries CacheFile::read(LogLevel level) const {
  std::error_code error;
  const uintmax_t bytes = std::filesystem::file_size(path_, error);
  if (error == std::errc::no_such_file_or_directory) return {};
  const auto refuse = [&](std::string_view why) -> Entries {
    log(level, "ignoring ", path_.string(), ": ", why);
    return {};
  };
  if (error) return refuse(error.message());
  if (bytes > kMostBytes) return refuse("far too large");
  std::string text(bytes, '\0');
  std::ifstream file(path_, std::ios::binary);
  if (!file.read(text.data(), static_cast<std::streamsize>(bytes))) return refuse("unreadable");

  std::string_view rest = text;
  if (take_line(rest) != kTitle) return refuse("of another format");
  if (take_line(rest) != identity_) return refuse("made for something else");
  std::vector<std::string_view> lines;
  while (const auto line = take_line(rest)) lines.push_back(*line);
  if (lines.empty() || !rest.empty()) return refuse("cut off");
  const size_t body = static_cast<size_t>(lines.back().data() - text.data());
  if (lines.back() != checksum(std::string_view(text).substr(0, body))) return refuse("damaged");
  lines.pop_back();
  Entries entries;
  for (const std::string_view line : lines) {
    const size_t tab = line.find('\t');
    if (tab == std::string_view::npos) return refuse("damaged");
    entries.emplace(line.substr(0, tab), line.substr(tab + 1));
  }
  return entries;
}

}  // namespace llmserve
