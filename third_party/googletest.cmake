# GoogleTest, the tests of state and threads: Debian's libgtest-dev, or any installed package.
find_package(GTest REQUIRED)
