using NixSharp.Stores;
using NixSharp.Stores.Caches;
using Xunit;

namespace NixSharp.Core.Tests.Stores.Caches;

public sealed class S3PlaceTests
{
    [Theory]
    [InlineData("s3://cache", "https://cache.s3.us-east-1.amazonaws.com/", "us-east-1")]
    [InlineData("s3://cache?region=eu-west-1", "https://cache.s3.eu-west-1.amazonaws.com/", "eu-west-1")]
    [InlineData("s3://my.cache", "https://s3.us-east-1.amazonaws.com/my.cache/", "us-east-1")]
    [InlineData("s3://cache/some/folder", "https://cache.s3.us-east-1.amazonaws.com/some/folder/", "us-east-1")]
    [InlineData("s3://cache?addressing-style=path", "https://s3.us-east-1.amazonaws.com/cache/", "us-east-1")]
    [InlineData("s3://cache?endpoint=minio.example.org", "https://minio.example.org/cache/", "us-east-1")]
    [InlineData("s3://cache?endpoint=127.0.0.1:9000&scheme=http&region=here", "http://127.0.0.1:9000/cache/", "here")]
    [InlineData("s3://cache?endpoint=http%3A//127.0.0.1:9000", "http://127.0.0.1:9000/cache/", "us-east-1")]
    [InlineData("s3://cache?endpoint=example.org&addressing-style=virtual", "https://cache.example.org/", "us-east-1")]
    public void A_bucket_is_found(string uri, string root, string region)
    {
        var place = S3Place.Of(StoreReference.Parse(uri));
        Assert.Equal((root, region), (place.Root.AbsoluteUri, place.Region));
    }

    [Theory]
    [InlineData("s3://cache?scheme=ftp", "scheme")]
    [InlineData("s3://cache?addressing-style=odd", "addressing style")]
    [InlineData("s3://cache?endpoint=ftp%3A//example.org", "endpoint")]
    [InlineData("s3://cache?endpoint=https%3A//user:secret@example.org", "endpoint")]
    public void What_makes_no_sense_is_refused(string uri, string about)
    {
        var error = Assert.Throws<NixStoreException>(() => S3Place.Of(StoreReference.Parse(uri)));
        Assert.Equal(NixErrorCodes.InvalidStoreUri, error.Code);
        Assert.Contains(about, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_encoded_as_signatures_want_them() => Assert.Equal(
        "https://cache.s3.us-east-1.amazonaws.com/realisations/sha256%3Aab%21out.doi",
        S3Place.Of(StoreReference.Parse("s3://cache")).UriOf("realisations/sha256:ab!out.doi").AbsoluteUri);
}
