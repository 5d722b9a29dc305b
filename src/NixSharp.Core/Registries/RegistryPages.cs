using System.Net;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;
using NixSharp.Web;

namespace NixSharp.Registries;

/// <summary>Reads lists that a registry gives page by page.</summary>
internal sealed partial class RegistryPages(RegistryTransport transport)
{
    /// <summary>How many items are asked for at once.</summary>
    public const int ItemsOnPage = 1000;

    /// <summary>The most pages that a list may have.</summary>
    public const int MaxPages = 10_000;

    private const int MaxPageSize = 16 << 20;

    /// <summary>The page at a URI; null where there is none.</summary>
    /// <param name="uri">Where it is.</param>
    /// <param name="scope">What reading it needs.</param>
    /// <param name="accept">The media types that it may have; none takes any.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    public async Task<RegistryPage?> FindAsync(Uri uri, RegistryScope scope, IReadOnlyList<string> accept, CancellationToken cancellationToken)
    {
        var request = new RegistryRequest(HttpMethod.Get, uri, scope, HttpStatusCode.OK, HttpStatusCode.NotFound) { Accept = accept };
        return await transport.Retry.ExecuteAsync(
            async token =>
            {
                using var response = await transport.SendOnceAsync(request, token).ConfigureAwait(false);
                return response.StatusCode == HttpStatusCode.NotFound
                    ? null
                    : new RegistryPage(await RegistryAnswer.ReadObjectAsync(response, MaxPageSize, token).ConfigureAwait(false), NextPage(response));
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>All texts of a list.</summary>
    public async IAsyncEnumerable<string> ListAsync(
        Uri? uri,
        RegistryScope scope,
        string member,
        Func<string, bool> isValid,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var number = 0; uri is not null; number++)
        {
            var asked = uri;
            var page = number < MaxPages
                ? await FindAsync(asked, scope, [], cancellationToken).ConfigureAwait(false)
                : throw Unusable(asked, $"the list has more than {MaxPages} pages");
            if (page is null)
            {
                throw new RegistryException(
                    NixErrorCodes.RegistryNotFound,
                    $"{RegistryAnswer.Show(asked)} is not there. Check the name, and that it may be seen with the credentials in use.")
                {
                    RequestUri = RegistryAnswer.Show(asked),
                    Status = HttpStatusCode.NotFound,
                };
            }

            foreach (var item in page.Content[member] as JArray ?? [])
            {
                yield return item is JValue { Value: string text } && isValid(text) ? text : throw Unusable(asked, $"its '{member}' has something that cannot be one");
            }

            uri = page.Next != asked ? page.Next : throw Unusable(asked, "its next page is itself");
        }
    }

    /// <summary>The error for a page that makes no sense.</summary>
    public static RegistryException Unusable(Uri uri, string why) => new(
        NixErrorCodes.RegistryAnswerMalformed,
        $"GET {RegistryAnswer.Show(uri)} was answered in a way that cannot be used: {why}. Check that this really is a container registry.")
    {
        RequestUri = RegistryAnswer.Show(uri),
    };

    /// <summary>The page that a <c>Link: &lt;URI&gt;; rel="next"</c> leads to, which has to be in the same registry.</summary>
    private Uri? NextPage(HttpResponseMessage response)
    {
        var link = response.Headers.TryGetValues("Link", out var values)
            ? values.Select(static value => LinkPattern().Match(value)).FirstOrDefault(static match => match.Success)
            : null;
        if (link is null)
        {
            return null;
        }

        return Uri.TryCreate(response.RequestMessage!.RequestUri, link.Groups[1].Value, out var next) && Answers.IsSameOrigin(next, transport.BaseUri)
            ? next
            : throw RegistryAnswer.Malformed(response, "its next page is in another place");
    }

    [GeneratedRegex(@"<([^<>]{1,4000})>[^<>]*;\s*rel=""?next""?(?:[;,\s]|\z)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex LinkPattern();
}
