using NixSharp.Images;
using NixSharp.Images.Oci;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Images;

public sealed class LayerCacheTests : IDisposable
{
    private static readonly LayerDescriptor Layer = new(
        new OciDescriptor(OciMediaTypes.LayerGzip, OciDigest.Compute([1]), 1234),
        OciDigest.Compute([2]));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_stored_is_found_by_another_process()
    {
        Assert.Null(new LayerCache(_folder["cache"]).Find("a"));
        Assert.True(new LayerCache(_folder["cache"]).TryStore("a", Layer));
        Assert.Equal(Layer, new LayerCache(_folder["cache"]).Find("a"));
        Assert.Null(new LayerCache(_folder["cache"]).Find("b"));
        Assert.True(new LayerCache(_folder["cache"]).TryRemove("a"));
        Assert.Null(new LayerCache(_folder["cache"]).Find("a"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{} {}")]
    [InlineData("{\"version\":1e400}")]
    [InlineData("{\"version\":\"x\",\"identity\":[],\"size\":{}}")]
    public void A_damaged_entry_is_a_missing_one(string damage)
    {
        var cache = new LayerCache(_folder["cache"]);
        cache.TryStore("a", Layer);
        var entry = Directory.GetFiles(cache.Folder).Single();
        var whole = File.ReadAllText(entry);
        File.WriteAllText(entry, damage);
        Assert.Null(cache.Find("a"));

        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllText(entry, whole[..length]);
            Assert.Null(cache.Find("a"));
        }

        File.WriteAllText(entry, whole.Replace("1234", "99999999999999999999", StringComparison.Ordinal));
        Assert.Null(cache.Find("a"));
        File.WriteAllText(entry, whole.Replace("1234", "-1", StringComparison.Ordinal));
        Assert.Null(cache.Find("a"));
    }

    [Fact]
    public void An_entry_of_another_layer_is_a_missing_one()
    {
        var cache = new LayerCache(_folder["cache"]);
        cache.TryStore("a", Layer);
        var a = Directory.GetFiles(cache.Folder).Single();
        cache.TryStore("b", Layer);
        File.Copy(a, Directory.GetFiles(cache.Folder).Single(file => file != a), overwrite: true);
        Assert.Null(cache.Find("b"));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_no_cache()
    {
        var cache = new LayerCache(Path.Combine(_folder.Write("file", ""), "cache"));
        Assert.False(cache.TryStore("a", Layer));
        Assert.Null(cache.Find("a"));
    }
}
