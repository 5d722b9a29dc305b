using NixSharp.Stores.Caches;
using Xunit;

namespace NixSharp.Core.Tests.Stores.Caches;

/// <summary>The examples that Amazon has published, with its own made-up keys.</summary>
public sealed class AwsSignatureTests
{
    private const string NoBody = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private static readonly AwsCredentials Documentation = new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");

    private static readonly AwsCredentials Suite = new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");

    [Theory]
    [InlineData("/test.txt", "range=bytes=0-9", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")]
    [InlineData("/?lifecycle", "", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")]
    [InlineData("/?max-keys=2&prefix=J", "", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")]
    public void Reading_from_S3_is_signed_as_in_its_documentation(string target, string header, string expected)
    {
        var headers = Headers("examplebucket.s3.amazonaws.com", "20130524T000000Z", NoBody);
        if (header.Length > 0)
        {
            var equals = header.IndexOf('=', StringComparison.Ordinal);
            headers[header[..equals]] = header[(equals + 1)..];
        }

        var value = AwsSignature.Sign("GET", new Uri($"https://examplebucket.s3.amazonaws.com{target}"), headers, NoBody, Documentation, "us-east-1", "s3");
        Assert.Equal(
            $"AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders={string.Join(';', headers.Keys.Order(StringComparer.Ordinal))},Signature={expected}",
            value);
    }

    [Fact]
    public void Writing_to_S3_is_signed_as_in_its_documentation()
    {
        var digest = CacheDigest.Of("Welcome to Amazon S3."u8);
        Assert.Equal("44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072", digest);
        var headers = Headers("examplebucket.s3.amazonaws.com", "20130524T000000Z", digest);
        headers["Date"] = "Fri, 24 May 2013 00:00:00 GMT";
        headers["x-amz-storage-class"] = "REDUCED_REDUNDANCY";
        var uri = new Uri("https://examplebucket.s3.amazonaws.com/" + AwsSignature.Encode("test$file.text", keepSlashes: true));
        var value = AwsSignature.Sign("PUT", uri, headers, digest, Documentation, "us-east-1", "s3");
        Assert.EndsWith("SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class,Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd", value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("POST", "/", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")]
    [InlineData("GET", "/?Param2=value2&Param1=value1", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")]
    public void The_vectors_of_the_test_suite_are_met(string method, string target, string expected)
    {
        var headers = new Dictionary<string, string> { ["Host"] = "example.amazonaws.com", ["X-Amz-Date"] = "20150830T123600Z" };
        var value = AwsSignature.Sign(method, new Uri($"https://example.amazonaws.com{target}"), headers, NoBody, Suite, "us-east-1", "service");
        Assert.Equal(
            $"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request,SignedHeaders=host;x-amz-date,Signature={expected}",
            value);
    }

    [Fact]
    public void Times_are_universal() =>
        Assert.Equal("20150830T123600Z", AwsSignature.Format(new DateTimeOffset(2015, 8, 30, 14, 36, 0, TimeSpan.FromHours(2))));

    private static Dictionary<string, string> Headers(string host, string date, string digest) =>
        new() { ["host"] = host, ["x-amz-content-sha256"] = digest, ["x-amz-date"] = date };
}
