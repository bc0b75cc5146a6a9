#include "cpu/host_memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>
#include <string>

#include "base/checked.h"

namespace llmserve {
namespace {

constexpr int64_t kAlignment = 256;
constexpr int64_t kHugePage = 2 << 20;

struct MemoryLimit {
  int64_t limit = std::numeric_limits<int64_t>::max();
  int64_t used = 0;
};

// The number in a one-line file; nothing if there is no file or no number ("max").
std::optional<int64_t> read_number(const std::string& path) {
  std::ifstream file(path);
  int64_t value;
  if (file >> value) return value;
  return std::nullopt;
}

// The number after `key` in a file of lines "key value" or "key: value kB".
std::optional<int64_t> read_field(const std::string& path, const std::string& key) {
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::string name;
    int64_t value;
    if (words >> name >> value && name == key) return value;
  }
  return std::nullopt;
}

struct GroupFiles {
  const char* root;
  const char* limit;
  const char* used;
  const char* inactive;  // field of memory.stat: page cache that can be dropped
};
constexpr GroupFiles kVersion2 = {"/sys/fs/cgroup", "/memory.max", "/memory.current",
                                  "inactive_file"};
constexpr GroupFiles kVersion1 = {"/sys/fs/cgroup/memory", "/memory.limit_in_bytes",
                                  "/memory.usage_in_bytes", "total_inactive_file"};

// The tightest limit of a group and all groups around it. Inside a container the path may be one of
// the host's; its files are then missing, and the root's are those of the container.
void tighten(const GroupFiles& files, std::string group, MemoryLimit& limit) {
  while (true) {
    const std::string directory = files.root + (group == "/" ? "" : group);
    const auto bytes = read_number(directory + files.limit);
    if (bytes && *bytes < limit.limit) {
      const int64_t cache = read_field(directory + "/memory.stat", files.inactive).value_or(0);
      limit.limit = *bytes;
      limit.used = std::max<int64_t>(0, read_number(directory + files.used).value_or(0) - cache);
    }
    if (group.empty() || group == "/") return;
    group.resize(group.find_last_of('/'));
  }
}

// Lines of /proc/self/cgroup are "0::/path" (version 2) or "7:memory:/path" (version 1).
MemoryLimit group_limit() {
  MemoryLimit limit;
  std::ifstream file("/proc/self/cgroup");
  std::string line;
  while (std::getline(file, line)) {
    const size_t first = line.find(':');
    const size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string group = line.substr(second + 1);
    if (group.empty() || group[0] != '/') continue;
    if (controllers.empty()) tighten(kVersion2, group, limit);
    if (("," + controllers + ",").find(",memory,") != std::string::npos) {
      tighten(kVersion1, group, limit);
    }
  }
  return limit;
}

}  // namespace

MemoryInfo host_memory_info() {
  constexpr int64_t kKilo = 1024;
  MemoryInfo info{.total_bytes = read_field("/proc/meminfo", "MemTotal:").value_or(0) * kKilo,
                  .free_bytes = read_field("/proc/meminfo", "MemAvailable:").value_or(0) * kKilo};
  CHECK(info.total_bytes > 0, "cannot read /proc/meminfo");
  const MemoryLimit group = group_limit();
  info.total_bytes = std::min(info.total_bytes, group.limit);
  info.free_bytes = std::min(info.free_bytes, std::max<int64_t>(0, group.limit - group.used));
  return info;
}

void* map_host_memory(int64_t bytes) {
  CHECK_GE(bytes, 0);
  const int64_t alignment = bytes >= kHugePage ? kHugePage : kAlignment;
  require(bytes <= std::numeric_limits<int64_t>::max() - alignment, "size overflow: ", bytes);
  const int64_t rounded = round_up(std::max<int64_t>(bytes, 1), alignment);
  if (bytes < kHugePage) {
    void* data = std::aligned_alloc(alignment, rounded);
    if (!data) throw_error(ErrorKind::kOutOfMemory, "no memory left for ", bytes, " bytes");
    std::memset(data, 0, rounded);
    return data;
  }
  // One huge page too much, and the ends cut off: what is left starts at a huge page.
  const int64_t mapped = rounded + kHugePage;
  void* map = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (map == MAP_FAILED) {
    throw_error(ErrorKind::kOutOfMemory, "no memory left for ", bytes, " bytes");
  }
  char* begin = static_cast<char*>(map);
  const auto address = reinterpret_cast<uintptr_t>(begin);
  const int64_t head = static_cast<int64_t>((kHugePage - address % kHugePage) % kHugePage);
  if (head > 0) munmap(begin, head);
  if (head < kHugePage) munmap(begin + head + rounded, kHugePage - head);
#if defined(MADV_HUGEPAGE)
  madvise(begin + head, rounded, MADV_HUGEPAGE);  // a wish: without it pages are small
#endif
  return begin + head;
}

void unmap_host_memory(void* data, int64_t bytes) noexcept {
  if (bytes < kHugePage) {
    std::free(data);
  } else {
    munmap(data, round_up(bytes, kHugePage));
  }
}

}  // namespace llmserve
