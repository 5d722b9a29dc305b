using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.StorePaths;

namespace NixSharp.SupplyChain.Bills;

/// <summary>Finds in derivations with fixed outputs where these are downloaded from.</summary>
internal static class DownloadReader
{
    private const int MaxUrl = 4096;

    /// <summary>What the derivation downloads; none where its output is not fixed, or it does not say.</summary>
    public static IEnumerable<BillSource> Read(Derivation derivation)
    {
        if (derivation.Outputs.Count != 1 || derivation.Outputs.Values.First() is not DerivationOutput.Fixed { Address: var address })
        {
            return [];
        }

        NixHash? hash = address.AddressMethod == ContentAddressMethod.Flat ? address.Hash : null;
        var urls = $"{Variable(derivation, "url")} {Variable(derivation, "urls")}";
        return urls.Split((char[])[' ', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries)
            .Where(IsUrl)
            .Distinct()
            .Select(url => new BillSource(url, hash));
    }

    /// <summary>An attribute of a derivation that is a text or a list of texts, wherever it keeps its attributes.</summary>
    public static string? Variable(Derivation derivation, string name)
    {
        if (derivation.Environment.TryGetValue(name, out var value))
        {
            return value;
        }

        return StructuredAttributes.Of(derivation)?.Json[name] switch
        {
            JValue { Value: string text } => text,
            JArray list => string.Join(' ', list.OfType<JValue>().Select(static item => item.Value as string)),
            _ => null,
        };
    }

    private static bool IsUrl(string text) =>
        text.Length <= MaxUrl && Ascii.IsValid(text) && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "ftp" or "mirror" or "git" or "ssh";
}
