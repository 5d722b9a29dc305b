using System.Globalization;
using NixSharp.StorePaths;

namespace NixSharp.Stores;

public sealed partial record StoreReference
{
    /// <summary>The folder of a chroot store, as a full path; null for the machine's own, and for other kinds of store.</summary>
    public string? Root => Kind is not (StoreKind.Local or StoreKind.Auto or StoreKind.Daemon) ? null
        : GetFolder("root") is { } root ? (root == "/" ? null : root)
        : Path.Length > 0 && Kind != StoreKind.Daemon ? Path : null;

    /// <summary>Where the files really are (<c>real=</c>), as a full path, if that is said.</summary>
    public string? RealFolder => GetFolder("real");

    /// <summary>Where the store keeps its state (<c>state=</c>), as a full path, if that is said.</summary>
    public string? StateFolder => GetFolder("state");

    /// <summary>The logical store directory (<c>store=</c>), if that is said.</summary>
    /// <exception cref="NixStoreException">It is none.</exception>
    public StoreDirectory? StoreDirectory
    {
        get
        {
            try
            {
                return GetParameter("store") is { } store ? new StoreDirectory(store) : null;
            }
            catch (NixFormatException error)
            {
                throw InvalidParameter("store", error.Message);
            }
        }
    }

    /// <summary>Whether what the store holds is believed without signatures (<c>trusted=</c>).</summary>
    public bool IsTrusted => GetBoolean("trusted");

    /// <summary>A parameter's value, or null where it is not given.</summary>
    public string? GetParameter(string name) => _parameters.GetValueOrDefault(name);

    /// <summary>A parameter that says yes (<c>true</c>, <c>yes</c>, <c>1</c>) or no (<c>false</c>, <c>no</c>, <c>0</c>).</summary>
    /// <exception cref="NixStoreException">It says something else.</exception>
    public bool GetBoolean(string name, bool unlessGiven = false) => GetParameter(name) switch
    {
        null => unlessGiven,
        "true" or "yes" or "1" => true,
        "false" or "no" or "0" => false,
        var value => throw InvalidParameter(name, $"'{value}' is neither true nor false"),
    };

    /// <summary>A parameter that is a number, not negative; null where it is not given.</summary>
    /// <exception cref="NixStoreException">It is no such number.</exception>
    public long? GetNumber(string name) => GetParameter(name) switch
    {
        null => null,
        var value when long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        var value => throw InvalidParameter(name, $"'{value}' is not a number"),
    };

    /// <summary>A parameter that is a list with spaces between its items; empty where it is not given.</summary>
    public IReadOnlyList<string> GetList(string name) => GetParameter(name)?.Split((char[])[' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>Refuses parameters that this kind of store does not know: a misspelt one must not go unnoticed.</summary>
    /// <exception cref="NixStoreException">There is such a parameter.</exception>
    public void RefuseUnknownParameters()
    {
        var known = StoreParameters.KnownTo(Kind);
        if (_parameters.Keys.FirstOrDefault(name => !known.Contains(name)) is { } unknown)
        {
            throw Invalid(ToDisplayString(), $"the parameter '{unknown}' is not known to stores of this kind, which know {string.Join(", ", known.Order(StringComparer.Ordinal))}");
        }
    }

    private string? GetFolder(string name) => GetParameter(name) switch
    {
        null => null,
        "" => throw InvalidParameter(name, "it is empty"),
        var folder => System.IO.Path.GetFullPath(folder),
    };

    private NixStoreException InvalidParameter(string name, string why) => Invalid(ToDisplayString(), $"its parameter '{name}' cannot be used: {why.TrimEnd('.')}");
}
