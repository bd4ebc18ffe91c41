#pragma once

#include <csetjmp>
#include <cstddef>

#include <cmark-gfm.h>

namespace policies::core {

/// The most memory that reading a Markdown text may take, in bytes: texts of nothing but markup, or that
/// repeat a long link by its reference, multiply.
inline constexpr std::size_t max_markdown_memory = 256 * 1024 * 1024;

/// All memory that cmark-gfm takes for one text. With its own allocator it aborts the process when there is
/// none left; here it comes back from call(). It also bounds the memory, and frees everything, however far
/// cmark-gfm came.
class MarkdownArena {
public:
    MarkdownArena();
    ~MarkdownArena();

    MarkdownArena(const MarkdownArena&) = delete;
    MarkdownArena& operator=(const MarkdownArena&) = delete;

    /// Calls what may take memory; false when there is none left, after which the arena can only be
    /// destroyed. The work is left by a jump then: nothing in it may have a destructor.
    template <typename Work>
    [[gnu::noinline]] bool call(const Work& work) {
        if (setjmp(exhausted_) != 0) {
            return false;
        }
        work();
        return true;
    }

    /// What cmark-gfm is given; serves the arena that was made last.
    static cmark_mem* allocator();

private:
    struct Block;

    static void* allocate(std::size_t count, std::size_t size);
    static void* reallocate(void* bytes, std::size_t size);
    static void release(void* bytes);

    void link(Block* block);
    void take(std::size_t size);
    [[noreturn]] void leave();

    MarkdownArena* outer_;
    Block* first_{nullptr};
    std::size_t used_{0};
    std::jmp_buf exhausted_;
};

} // namespace policies::core
