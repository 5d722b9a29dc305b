using NixSharp.Native;
using Xunit;

namespace NixSharp.Core.Tests.Native;

public sealed class SystemLibraryTests
{
    [Fact]
    public void A_library_that_is_missing_is_named_with_its_package()
    {
        var library = new SystemLibrary("nixsharp-missing", "libmissing, which nothing needs,", "libmissing.so.1", "libmissing.1.dylib", "missing.dll", "Debian: libmissing1");
        var error = Assert.Throws<NixException>(library.EnsureLoaded);
        Assert.Equal(NixErrorCodes.SystemLibraryMissing, error.Code);
        Assert.Matches("^libmissing, which nothing needs, was not found: looked for \\S*missing\\S*\\. Install it \\(Debian: libmissing1\\)\\.$", error.Message);
    }

    [Fact]
    public void The_libraries_of_the_system_are_found()
    {
        SystemLibrary.Crypto.EnsureLoaded();
        SystemLibrary.Lzma.EnsureLoaded();
        SystemLibrary.Zstd.EnsureLoaded();
    }
}
