namespace NixSharp.Stores.Caches;

/// <summary>What a netrc file has for one host.</summary>
/// <param name="Machine">The host; null for what stands under <c>default</c>.</param>
/// <param name="Login">The name.</param>
/// <param name="Password">The password.</param>
/// <param name="File">The file.</param>
internal sealed record NetrcEntry(string? Machine, string? Login, string? Password, string File);
