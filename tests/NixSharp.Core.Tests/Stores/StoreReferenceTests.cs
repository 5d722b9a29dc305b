using NixSharp.Stores;
using Xunit;

namespace NixSharp.Core.Tests.Stores;

public sealed class StoreReferenceTests
{
    [Theory]
    [InlineData("", StoreKind.Auto, null)]
    [InlineData("auto", StoreKind.Auto, null)]
    [InlineData("local", StoreKind.Local, null)]
    [InlineData("/", StoreKind.Local, null)]
    [InlineData("local?root=/srv/store", StoreKind.Local, "/srv/store")]
    [InlineData("local?root=/srv/a%20b%3Fc", StoreKind.Local, "/srv/a b?c")]
    [InlineData("/srv/store", StoreKind.Local, "/srv/store")]
    [InlineData("/srv/./x/../store", StoreKind.Local, "/srv/store")]
    [InlineData("/srv/what?", StoreKind.Local, "/srv/what?")]
    public void A_URI_is_taken_apart(string uri, StoreKind kind, string? root)
    {
        var reference = StoreReference.Parse(uri);
        Assert.Equal(new StoreReference(kind, root), reference);
        Assert.Equal(reference, StoreReference.Parse(reference.ToString()));
    }

    [Theory]
    [InlineData("./store", "store")]
    [InlineData("../store", "../store")]
    [InlineData(".", "")]
    [InlineData("..", "..")]
    [InlineData("some/store", "some/store")]
    public void A_relative_folder_is_taken_from_the_current_one(string uri, string expected) =>
        Assert.Equal(Path.GetFullPath(Path.Combine(Environment.CurrentDirectory, expected)), StoreReference.Parse(uri).Root);

    [Theory]
    [InlineData("store")]
    [InlineData("daemon")]
    [InlineData("https://cache.example.org")]
    [InlineData("s3://bucket")]
    [InlineData("ssh-ng://host/path")]
    [InlineData("auto?x=1")]
    [InlineData("local?root=")]
    [InlineData("local?root")]
    [InlineData("local?store=/nix/store")]
    [InlineData("local?")]
    [InlineData("/srv/\0")]
    [InlineData("local?root=/srv/%00")]
    public async Task What_names_no_store_that_can_be_opened_is_refused(string uri)
    {
        var error = await Assert.ThrowsAsync<NixStoreException>(() => NixStore.OpenAsync(uri));
        Assert.Equal(NixErrorCodes.InvalidStoreUri, error.Code);
        Assert.DoesNotContain('\0', error.Message);
    }
}
