using System.Globalization;
using System.Text;
using NixSharp.Derivations;
using NixSharp.Files;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Database;

internal sealed partial class StoreDatabase
{
    /// <summary>What an output became; null where that is not known.</summary>
    public Realisation? QueryRealisation(DerivationOutputId id) => Read(database =>
        database.HasRealisations() && database.FindRealisation(id) is { } found ? database.ReadRealisation(id, found) : null);

    /// <summary>Remembers what an output became; signatures are added to those that are there.</summary>
    /// <exception cref="NixStoreException">The path is not valid, or the output is known to have become another.</exception>
    public void AddRealisation(Realisation realisation)
    {
        CreateRealisations();
        RunInTransaction(() =>
        {
            var (name, output) = (realisation.Id.DerivationHash.ToString(Hashing.HashFormat.Base16), realisation.Id.OutputName);
            long row;
            if (FindRealisation(realisation.Id) is { } found)
            {
                var known = ReadRealisation(realisation.Id, found);
                if (known.OutputPath != realisation.OutputPath)
                {
                    throw new NixStoreException(
                        NixErrorCodes.RealisationConflict,
                        $"{realisation.Id} cannot be {realisation.OutputPath}, because it is {known.OutputPath} in this store already. Keep that one, or collect it first.");
                }

                Prepare("update Realisations set signatures = ?2 where id = ?1").Bind(1, found).Bind(2, Join(known.Signatures.Concat(realisation.Signatures)) ?? "").Run();
                row = found;
            }
            else
            {
                var path = FindId(realisation.OutputPath) ?? throw new NixStoreException(
                    NixErrorCodes.PathNotValid,
                    $"{realisation.Id} cannot be {realisation.OutputPath}, which is not valid in the store. Add that first.");
                Prepare("insert into Realisations (drvPath, outputName, outputPath, signatures) values (?1, ?2, ?3, ?4)")
                    .Bind(1, name).Bind(2, output).Bind(3, path).Bind(4, Join(realisation.Signatures) ?? "").Run();
                row = SQLitePCL.raw.sqlite3_last_insert_rowid(_connection.Handle);
            }

            foreach (var (id, path) in realisation.DependentRealisations)
            {
                AddDependency(realisation.Id, row, id, path);
            }
        });
    }

    private void AddDependency(DerivationOutputId dependent, long row, DerivationOutputId id, StorePath path)
    {
        var needed = FindRealisation(id);
        if (needed is not { } found || ReadRealisation(id, found).OutputPath != path)
        {
            throw new NixStoreException(
                NixErrorCodes.RealisationConflict,
                $"{dependent} depends on {id} being {path}, which {(needed is null ? "is not known here" : "is another path here")}. Add that realisation first.");
        }

        var present = Prepare("select 1 from RealisationsRefs where referrer = ?1 and realisationReference = ?2").Bind(1, row).Bind(2, found).First(static one => one.Number(0));
        if (present == 0)
        {
            Prepare("insert into RealisationsRefs (referrer, realisationReference) values (?1, ?2)").Bind(1, row).Bind(2, found).Run();
        }
    }

    private long? FindRealisation(DerivationOutputId id) =>
        Prepare("select id from Realisations where drvPath = ?1 and outputName = ?2")
            .Bind(1, id.DerivationHash.ToString(Hashing.HashFormat.Base16)).Bind(2, id.OutputName).First(static row => (long?)row.Number(0));

    private Realisation ReadRealisation(DerivationOutputId id, long row)
    {
        var dependencies = new Dictionary<DerivationOutputId, StorePath>();
        var dependency = Prepare(
            "select r.drvPath, r.outputName, v.path from RealisationsRefs f join Realisations r on f.realisationReference = r.id join ValidPaths v on r.outputPath = v.id where f.referrer = ?1").Bind(1, row);
        while (dependency.Step())
        {
            var text = $"{dependency.Text(0)}!{dependency.Text(1)}";
            dependencies[DerivationOutputId.TryParse(text, out var needed) ? needed : throw Damaged($"it holds a realisation of '{text}'")] = ReadPath(dependency.Bytes(2));
        }

        return Prepare("select v.path, r.signatures from Realisations r join ValidPaths v on r.outputPath = v.id where r.id = ?1").Bind(1, row).First(found => new Realisation
        {
            Id = id,
            OutputPath = ReadPath(found.Bytes(0)),
            Signatures = found.Text(1)?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [],
            DependentRealisations = dependencies,
        }) ?? throw Damaged($"the realisation of {id} is of no path");
    }

    private bool HasRealisations() => CountTables("'Realisations', 'RealisationsRefs'") == 2;

    /// <summary>Makes the tables, in the way of Nix, which makes them once content-addressed derivations are switched on.</summary>
    private void CreateRealisations()
    {
        if (Read(static database => database.HasRealisations()))
        {
            return;
        }

        RunInTransaction(() => Execute(StoreSchema.CreateRealisations));

        // Nix up to 2.18 looks here, and later ones at the table of migrations.
        var file = Path.Combine(Folder, "ca-schema");
        if (!File.Exists(file))
        {
            AtomicFile.Write(file, Encoding.ASCII.GetBytes(StoreSchema.RealisationsVersion.ToString(CultureInfo.InvariantCulture)));
        }
    }
}
