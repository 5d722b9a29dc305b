using Newtonsoft.Json.Linq;

namespace NixSharp.GitOps.ArgoCD;

/// <summary>A parameter of applications that Argo CD's user interface shows.</summary>
public sealed record ArgoParameter
{
    /// <summary>The parameter's name.</summary>
    public required string Name { get; init; }

    /// <summary>What the interface calls it.</summary>
    public string? Title { get; init; }

    /// <summary>What the interface says about it.</summary>
    public string? Tooltip { get; init; }

    /// <summary><c>string</c>, <c>number</c> or <c>boolean</c>; null for a text.</summary>
    public string? ItemType { get; init; }

    /// <summary><c>map</c> or <c>array</c>; null for one value.</summary>
    public string? CollectionType { get; init; }

    /// <summary>What counts where nothing is given.</summary>
    public string? String { get; init; }

    /// <summary>The parameters that <see cref="ArgoPlugin"/> knows.</summary>
    public static IReadOnlyList<ArgoParameter> All { get; } =
    [
        new() { Name = "output", Title = "Output", Tooltip = "The output of the flake that is the manifest.", String = ArgoApplication.DefaultOutput },
        new() { Name = "values", Title = "Values", Tooltip = "JSON that the flake finds in its values.json." },
        new() { Name = "impure", Title = "Impure", Tooltip = "Whether evaluation sees environment variables, the time, and files outside the flake.", ItemType = "boolean", String = "false" },
    ];

    /// <summary>The parameter as JSON, as a plugin announces it.</summary>
    internal JObject ToJson()
    {
        var json = new JObject { ["name"] = Name };
        foreach (var (name, value) in ((string, string?)[])[("title", Title), ("tooltip", Tooltip), ("itemType", ItemType), ("collectionType", CollectionType), ("string", String)])
        {
            if (value is not null)
            {
                json[name] = value;
            }
        }

        return json;
    }
}
