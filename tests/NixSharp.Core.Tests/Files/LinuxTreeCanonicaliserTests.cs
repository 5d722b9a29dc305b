using NixSharp.Files;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Files;

public sealed class LinuxTreeCanonicaliserTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresFact("mkfifo")]
    public void Modes_and_times_become_those_of_a_store()
    {
        var plain = _folder.Write("tree/plain", "text");
        File.SetUnixFileMode(plain, (UnixFileMode)0xc96 /* 06226 */);
        var program = _folder.Write("tree/bin/program", "text");
        File.SetUnixFileMode(program, (UnixFileMode)0x40 /* 0100 */);
        File.CreateSymbolicLink(_folder["tree/link"], "nowhere");
        File.SetUnixFileMode(_folder["tree/bin"], UnixFileMode.None);

        using (var canonicaliser = new LinuxTreeCanonicaliser(_folder["tree"]))
        {
            canonicaliser.Apply(CancellationToken.None);
        }

        Assert.Equal((UnixFileMode)0x124, File.GetUnixFileMode(plain));
        Assert.Equal((UnixFileMode)0x16d, File.GetUnixFileMode(program));
        Assert.Equal((UnixFileMode)0x16d, File.GetUnixFileMode(_folder["tree/bin"]));
        Assert.Equal((UnixFileMode)0x16d, File.GetUnixFileMode(_folder["tree"]));
        foreach (var path in (string[])["tree", "tree/bin", "tree/bin/program", "tree/plain", "tree/link"])
        {
            Assert.Equal(DateTime.UnixEpoch.AddSeconds(1), File.GetLastWriteTimeUtc(_folder[path]));
        }
    }

    [RequiresFact("mkfifo")]
    public async Task What_a_store_cannot_hold_is_refused_by_its_path()
    {
        Directory.CreateDirectory(_folder["tree/folder"]);
        await CommandLine.RunAsync("mkfifo", _folder["tree/folder/pipe"]);
        using (var canonicaliser = new LinuxTreeCanonicaliser(_folder["tree"]))
        {
            var error = Assert.Throws<NixFileException>(() => canonicaliser.Apply(CancellationToken.None));
            Assert.Equal(NixErrorCodes.UnsupportedFileType, error.Code);
            Assert.Equal(_folder["tree/folder/pipe"], error.Path);
        }

        using var root = new LinuxTreeCanonicaliser(_folder["tree/folder/pipe"]);
        Assert.Equal(NixErrorCodes.UnsupportedFileType, Assert.Throws<NixFileException>(() => root.Apply(CancellationToken.None)).Code);
    }
}
