using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace NixSharp.Stores;

public sealed partial record StoreAuthority
{
    // One that starts with a dash would be an option to ssh.
    private const string HostRule = "a host is letters, digits, '.', '-', '_', '~' and '+', and starts with none of '-', '~', '+'";

    /// <summary>
    /// Reads an authority. An IPv6 address may lack its brackets, as old versions of Nix had it; there is no port then,
    /// and what follows a <c>%</c> is the scope as it is.
    /// </summary>
    internal static bool TryParse(string text, out StoreAuthority authority, out string why)
    {
        authority = new StoreAuthority("");
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0)
        {
            var colon = text.IndexOf(':', 0, at);
            if (!TryReadUser(text[..(colon < 0 ? at : colon)], out var user, out why))
            {
                return false;
            }

            string? password = null;
            if (colon >= 0)
            {
                if (!PercentEncoding.TryDecode(text[(colon + 1)..at], out var decoded, out why))
                {
                    return false;
                }

                password = decoded;
            }

            authority = authority with { User = user, Password = password };
        }

        return TryReadHostAndPort(text[(at + 1)..], ref authority, out why);
    }

    private static bool TryReadUser(string text, out string user, out string why)
    {
        if (!PercentEncoding.TryDecode(text, out user, out why))
        {
            return false;
        }

        why = user.StartsWith('-') || user.Any(static character => char.IsControl(character) || char.IsWhiteSpace(character))
            ? "a user's name starts with no '-' and holds no spaces"
            : "";
        return why.Length == 0;
    }

    private static bool TryReadHostAndPort(string text, ref StoreAuthority authority, out string why)
    {
        why = "";
        string port;
        if (text.StartsWith('['))
        {
            var end = text.IndexOf(']', StringComparison.Ordinal);
            if (end < 0 || (end + 1 < text.Length && text[end + 1] != ':') || ReadAddress(text[1..end], bracketed: true) is not { } address)
            {
                why = "what is in brackets is not an IPv6 address";
                return false;
            }

            authority = authority with { Host = address };
            port = text[(end + 1)..];
        }
        else if (text.AsSpan().Count(':') > 1)
        {
            why = "there is more than one colon, and it is not an IPv6 address";
            authority = authority with { Host = ReadAddress(text, bracketed: false) ?? "" };
            return authority.Host.Length > 0;
        }
        else
        {
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            if (!PercentEncoding.TryDecode(colon < 0 ? text : text[..colon], out var host, out why))
            {
                return false;
            }

            if (host.Length == 0 || host[0] is '-' or '~' or '+' || !host.All(static character => char.IsLetterOrDigit(character) || character is '.' or '-' or '_' or '~' or '+'))
            {
                why = HostRule;
                return false;
            }

            authority = authority with { Host = host };
            port = colon < 0 ? "" : text[colon..];
        }

        if (port.Length == 0)
        {
            return true;
        }

        why = "a port is a number from 1 to 65535";
        if (!int.TryParse(port.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 65535)
        {
            return false;
        }

        authority = authority with { Port = number };
        return true;
    }

    private static string? ReadAddress(string text, bool bracketed)
    {
        var percent = text.IndexOf('%', StringComparison.Ordinal);
        var address = percent < 0 ? text : text[..percent];
        if (!address.All(static character => char.IsAsciiHexDigit(character) || character is ':' or '.') || !IPAddress.TryParse(address, out var parsed) || parsed.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return null;
        }

        if (percent < 0)
        {
            return address;
        }

        // In brackets a URI has %25 before the scope; Nix takes a lone % too.
        var scope = text[(percent + 1)..];
        scope = bracketed && scope.Length > 2 && scope.StartsWith("25", StringComparison.Ordinal) ? scope[2..] : scope;
        return scope.Length > 0 && scope.All(static character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_' or '~')
            ? $"{address}%{scope}"
            : null;
    }
}
