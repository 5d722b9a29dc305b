using Newtonsoft.Json.Linq;
using NixSharp.Images;
using NixSharp.Images.Oci;

namespace NixSharp.SupplyChain;

/// <summary>in-toto statements, version 1: a predicate, and what it is said of.</summary>
public static class InToto
{
    /// <summary>The media type of a statement, and the artifact type that an unsigned one is attached by.</summary>
    public const string MediaType = "application/vnd.in-toto+json";

    private const string StatementType = "https://in-toto.io/Statement/v1";
    private const string OldStatementType = "https://in-toto.io/Statement/v0.1";

    /// <summary>Says <paramref name="predicate"/> of <paramref name="image"/>.</summary>
    public static JObject Statement(string predicateType, ImageSubject image, JObject predicate)
    {
        ArgumentException.ThrowIfNullOrEmpty(predicateType);
        ArgumentNullException.ThrowIfNull(image);
        return new JObject
        {
            ["_type"] = StatementType,
            ["subject"] = new JArray(new JObject { ["name"] = image.Name, ["digest"] = new JObject { ["sha256"] = image.Digest.Hex } }),
            ["predicateType"] = predicateType,
            ["predicate"] = predicate,
        };
    }

    /// <summary>Whether some JSON is a statement about the image with that digest.</summary>
    internal static bool IsAbout(JToken? statement, OciDigest digest) =>
        statement.Text("_type") is StatementType or OldStatementType &&
        statement.Items("subject").Any(subject => subject.Member("digest").Text("sha256") == digest.Hex);
}
