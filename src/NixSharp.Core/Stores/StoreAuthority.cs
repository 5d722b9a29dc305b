using System.Globalization;

namespace NixSharp.Stores;

/// <summary>Who and where in a store's URI: <c>user:password@host:port</c>. In an <c>s3://</c> URI the host is the bucket.</summary>
/// <param name="Host">The host: a name, or an address without brackets; of an IPv6 address the scope follows a <c>%</c>.</param>
public sealed partial record StoreAuthority(string Host)
{
    /// <summary>The user, where one is named.</summary>
    public string? User { get; init; }

    /// <summary>The password, where one is given. It is a secret: messages name <see cref="ToDisplayString"/>.</summary>
    public string? Password { get; init; }

    /// <summary>The port, where one is named.</summary>
    public int? Port { get; init; }

    /// <summary>The authority without its password.</summary>
    public string ToDisplayString() => Password is null ? ToString() : (this with { Password = "..." }).ToString();

    /// <summary>The authority as it stands in a URI, with IPv6 addresses in brackets and the scope after <c>%25</c>.</summary>
    public override string ToString()
    {
        var user = User is null ? "" : PercentEncoding.Encode(User, "!$&'()*+,;=");
        user += Password is null ? "" : $":{PercentEncoding.Encode(Password, "!$&'()*+,;=:")}";
        var host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host.Replace("%", "%25", StringComparison.Ordinal)}]" : PercentEncoding.Encode(Host, "+");
        return (User is null && Password is null ? "" : user + "@")
            + host
            + (Port is { } port ? string.Create(CultureInfo.InvariantCulture, $":{port}") : "");
    }
}
