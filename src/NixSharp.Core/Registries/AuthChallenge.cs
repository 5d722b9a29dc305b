using System.Net.Http.Headers;
using System.Text;

namespace NixSharp.Registries;

/// <summary>What a registry wants to see before it answers (<c>WWW-Authenticate</c>).</summary>
/// <param name="IsBearer">A token; otherwise a user name and password.</param>
/// <param name="Realm">Where the token is to be had.</param>
/// <param name="Service">For which service.</param>
/// <param name="Scope">To do what.</param>
internal sealed record AuthChallenge(bool IsBearer, string? Realm, string? Service, string? Scope)
{
    /// <summary>The challenge to answer: a token is preferred to a password. Null where there is none that is known.</summary>
    public static AuthChallenge? Choose(HttpHeaderValueCollection<AuthenticationHeaderValue> headers)
    {
        AuthChallenge? basic = null;
        foreach (var header in headers)
        {
            if (header.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
            {
                var parameters = ReadParameters(header.Parameter ?? "");
                return new AuthChallenge(
                    true,
                    parameters.GetValueOrDefault("realm"),
                    parameters.GetValueOrDefault("service"),
                    parameters.GetValueOrDefault("scope"));
            }

            if (header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase))
            {
                basic ??= new AuthChallenge(false, null, null, null);
            }
        }

        return basic;
    }

    /// <summary>Reads <c>name=token</c> and <c>name="quoted \" text"</c>, with commas between them.</summary>
    internal static Dictionary<string, string> ReadParameters(string text)
    {
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var position = 0;
        while (position < text.Length)
        {
            var equals = text.IndexOf('=', position);
            if (equals < 0)
            {
                break;
            }

            var name = text[position..equals].Trim(' ', ',', '\t');
            var value = new StringBuilder();
            position = equals + 1;
            if (position < text.Length && text[position] == '"')
            {
                for (position++; position < text.Length && text[position] != '"'; position++)
                {
                    if (text[position] == '\\' && position + 1 < text.Length)
                    {
                        position++;
                    }

                    value.Append(text[position]);
                }

                position++;
            }
            else
            {
                var end = text.IndexOf(',', position);
                end = end < 0 ? text.Length : end;
                value.Append(text.AsSpan(position, end - position).Trim());
                position = end;
            }

            parameters.TryAdd(name, value.ToString());
        }

        return parameters;
    }
}
