// The cache file: what is put comes back, and no file that anyone may find there is ever in the
// way.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

#include "base/cache_file.h"

namespace llmserve {
namespace {

namespace fs = std::filesystem;

class CacheFileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "cache_file_XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override {
    fs::permissions(folder_, fs::perms::owner_all);
    fs::remove_all(folder_);
  }

  CacheFile open(const std::string& identity = "device 1") const {
    return CacheFile(folder_, "a.txt", identity);
  }
  void save(const std::string& key, const std::string& value) const {
    CacheFile file = open();
    file.put(key, value);
    file.save();
  }
  std::string read() const {
    std::ifstream file(path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write(const std::string& text) const {
    std::ofstream(path(), std::ios::binary | std::ios::trunc) << text;
  }
  fs::path path() const { return folder_ / "a.txt"; }
  int64_t num_files() const {
    return std::distance(fs::directory_iterator(folder_), fs::directory_iterator());
  }

  fs::path folder_;
};

TEST_F(CacheFileTest, KeepsWhatWasPut) {
  EXPECT_EQ(open().find("a"), std::nullopt);
  CacheFile file = open();
  file.put("a", "1");
  file.put("b c", "two words");
  file.put("a", "3");
  EXPECT_EQ(file.find("a"), "3");
  EXPECT_EQ(open().find("a"), std::nullopt) << "not saved yet";
  file.save();
  EXPECT_EQ(open().find("a"), "3");
  EXPECT_EQ(open().find("b c"), "two words");
  EXPECT_EQ(open().find("b"), std::nullopt);
  EXPECT_EQ(num_files(), 1) << "a temporary file was left";
}

TEST_F(CacheFileTest, MakesItsFolder) {
  CacheFile file(folder_ / "x" / "y", "a.txt", "device 1");
  file.put("a", "1");
  file.save();
  EXPECT_EQ(CacheFile(folder_ / "x" / "y", "a.txt", "device 1").find("a"), "1");
}

TEST_F(CacheFileTest, KeepsWhatOthersHaveSavedMeanwhile) {
  CacheFile first = open(), second = open();
  first.put("a", "1");
  second.put("b", "2");
  first.save();
  second.save();
  EXPECT_EQ(open().find("a"), "1");
  EXPECT_EQ(open().find("b"), "2");
}

TEST_F(CacheFileTest, ManyWritersNeverLeaveABrokenFile) {
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 4; ++writer) {
    writers.emplace_back([this, writer] {
      for (int i = 0; i < 50; ++i) save(std::to_string(writer), std::to_string(i));
    });
  }
  for (std::thread& writer : writers) writer.join();
  // Each file was whole, so that the last one holds its own writer's entry at least.
  const std::string text = read();
  EXPECT_TRUE(text.starts_with("llmserve cache 1\ndevice 1\n")) << text;
  EXPECT_NE(text.find("\t49\n"), std::string::npos) << text;
  EXPECT_EQ(num_files(), 1);
}

TEST_F(CacheFileTest, IgnoresAndReplacesAFileOfAnotherIdentity) {
  save("a", "1");
  CacheFile other = open("device 2");
  EXPECT_EQ(other.find("a"), std::nullopt);
  other.put("b", "2");
  other.save();
  EXPECT_EQ(open().find("a"), std::nullopt);
  EXPECT_EQ(open("device 2").find("b"), "2");
}

// Cut anywhere, or with any byte changed.
TEST_F(CacheFileTest, IgnoresADamagedFile) {
  save("key", "value");
  const std::string text = read();
  ASSERT_EQ(open().find("key"), "value");
  for (size_t length = 0; length < text.size(); ++length) {
    write(text.substr(0, length));
    EXPECT_EQ(open().find("key"), std::nullopt) << "cut to " << length;
  }
  for (size_t i = 0; i < text.size(); ++i) {
    std::string damaged = text;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    write(damaged);
    EXPECT_EQ(open().find("key"), std::nullopt) << "byte " << i;
  }
  write(text + "more\n");
  EXPECT_EQ(open().find("key"), std::nullopt);
  write(std::string(5 << 20, 'x'));
  EXPECT_EQ(open().find("key"), std::nullopt);
  save("key", "new");
  EXPECT_EQ(open().find("key"), "new");
}

TEST_F(CacheFileTest, IgnoresWhatIsNoFile) {
  fs::create_directory(path());
  EXPECT_EQ(open().find("a"), std::nullopt);
  save("a", "1");  // cannot be written either
  EXPECT_TRUE(fs::is_directory(path()));
  EXPECT_EQ(num_files(), 1);
}

TEST_F(CacheFileTest, DoesWithoutAFolderThatCannotBeWritten) {
  if (geteuid() == 0) {  // whom no permission stops: a file where the folder should be
    std::ofstream(folder_ / "file") << "x";
    CacheFile file(folder_ / "file", "a.txt", "device 1");
    file.put("a", "1");
    file.save();
    EXPECT_EQ(file.find("a"), "1");
    return;
  }
  fs::permissions(folder_, fs::perms::owner_read | fs::perms::owner_exec);
  CacheFile file = open();
  file.put("a", "1");
  file.save();
  EXPECT_EQ(file.find("a"), "1");
  EXPECT_EQ(num_files(), 0);
}

TEST_F(CacheFileTest, RefusesKeysThatItsFormatCannotHold) {
  CacheFile file = open();
  EXPECT_THROW(file.put("a\tb", "1"), Error);
  EXPECT_THROW(file.put("a", "1\n"), Error);
}

TEST(CacheFolder, IsTheFirstThatIsKnown) {
  setenv("LLMSERVE_CACHE_DIR", "/a/b", 1);
  setenv("XDG_CACHE_HOME", "/c", 1);
  setenv("HOME", "/d", 1);
  EXPECT_EQ(cache_folder(), "/a/b");
  unsetenv("LLMSERVE_CACHE_DIR");
  EXPECT_EQ(cache_folder(), "/c/llmserve");
  setenv("XDG_CACHE_HOME", "relative", 1);
  EXPECT_EQ(cache_folder(), "/d/.cache/llmserve");
  unsetenv("XDG_CACHE_HOME");
  EXPECT_EQ(cache_folder(), "/d/.cache/llmserve");
  unsetenv("HOME");
  EXPECT_TRUE(cache_folder().empty());
  CacheFile file(cache_folder(), "a.txt", "nowhere");
  file.put("a", "1");
  file.save();
  EXPECT_EQ(file.find("a"), "1");
}

}  // namespace
}  // namespace llmserve
