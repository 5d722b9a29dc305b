using NixSharp.Nar;
using NixSharp.StorePaths;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Nar;

public sealed class NarArchiveTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task References_are_found_in_contents_names_and_targets()
    {
        var paths = "abcd".Select(static letter => StorePath.ParseBaseName($"{new string(letter, 32)}-x")).ToList();
        _folder.Write("tree/file", $"see {paths[0]}/bin");
        _folder.Write($"tree/{paths[1].HashPart}", "");
        File.CreateSymbolicLink(_folder["tree/link"], paths[2].ToString());
        var digest = await NarArchive.DigestAsync(_folder["tree"], candidates: paths);
        Assert.Equal(paths[..3], digest.References);
    }

    [Fact]
    public async Task Progress_that_fails_stops_a_large_tree_instead_of_hanging()
    {
        File.WriteAllBytes(_folder["large"], new byte[16 * 1024 * 1024]);
        var digesting = NarArchive.DigestAsync(_folder["large"], progress: new Callback(static _ => throw new InvalidOperationException("enough")));
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => digesting.WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.Equal("enough", error.Message);
    }

    [Fact]
    public async Task Progress_counts_up_to_the_size_of_the_NAR()
    {
        File.WriteAllBytes(_folder["large"], new byte[3_000_000]);
        var reports = new List<long>();
        var digest = await NarArchive.DigestAsync(_folder["large"], progress: new Callback(progress => reports.Add(progress.Done)));
        Assert.Equal(reports.Order(), reports);
        Assert.Equal(digest.Size, reports[^1]);
        Assert.InRange(reports.Count, 2, 100);
    }

    [Fact]
    public async Task Cancelling_stops_in_the_middle_of_a_file()
    {
        File.WriteAllBytes(_folder["large"], new byte[16 * 1024 * 1024]);
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => NarArchive.DigestAsync(_folder["large"], progress: new Callback(_ => stop.Cancel()), cancellationToken: stop.Token));
    }

    [Fact]
    public async Task Nothing_is_unpacked_over_what_is_there()
    {
        _folder.Write("here", "mine");
        var error = await Assert.ThrowsAsync<NixFileException>(() => NarArchive.UnpackAsync(new MemoryStream(RandomTree.ToNar(1)), _folder["here"]));
        Assert.Equal(NixErrorCodes.StoreWriteFailed, error.Code);
        Assert.Equal("mine", File.ReadAllText(_folder["here"]));
    }

    [Fact]
    public async Task What_is_not_there_cannot_be_dumped()
    {
        var error = await Assert.ThrowsAsync<NixFileException>(() => NarArchive.DumpAsync(_folder["absent"], Stream.Null));
        Assert.Equal(NixErrorCodes.SourceNotFound, error.Code);
    }

    [Fact]
    public void A_writer_leaves_its_stream_open_and_refuses_misuse()
    {
        using var stream = new MemoryStream();
        using (var writer = new NarWriter(stream))
        {
            Assert.Throws<InvalidOperationException>(writer.EndDirectory);
            Assert.Throws<ArgumentOutOfRangeException>(() => writer.AddFile([], executable: false, -1, Stream.Null));
            writer.AddFile([], executable: false, 0, Stream.Null);
        }

        Assert.True(stream.CanWrite);
        Assert.Equal(112, stream.Length);
    }

    private sealed class Callback(Action<NixProgress> report) : IProgress<NixProgress>
    {
        public void Report(NixProgress value) => report(value);
    }
}
