using NixSharp.StorePaths;

namespace NixSharp.Derivations;

/// <summary>Reads a derivation's ATerm. Refuses what Nix's own, looser reader would let pass: trailing bytes, missing commas, duplicates.</summary>
internal ref struct DerivationReader(ReadOnlySpan<byte> aterm, string name, StoreDirectory directory)
{
    /// <summary>How deep derivations may be outputs of derivations.</summary>
    private const int MaxDepth = 64;

    private AtermReader _reader = new(aterm);

    public Derivation Read()
    {
        var isDynamic = _reader.TryTake("DrvWithVersion(\"xp-dyn-drv\","u8);
        if (!isDynamic)
        {
            _reader.Expect("Derive("u8);
        }

        var outputs = ReadOutputs();
        _reader.Expect(","u8);
        var inputs = ReadInputs(isDynamic);
        _reader.Expect(","u8);
        var sources = ReadSources();
        _reader.Expect(","u8);
        var system = _reader.ReadString();
        _reader.Expect(","u8);
        var builder = _reader.ReadString();
        _reader.Expect(","u8);
        var arguments = ReadStrings();
        _reader.Expect(","u8);
        var environment = ReadEnvironment();
        _reader.Expect(")"u8);
        _reader.ExpectEnd();
        return new Derivation
        {
            Name = name,
            StoreDirectory = directory,
            Outputs = outputs,
            InputDerivations = inputs,
            InputSources = InByteOrder.Sorted(sources),
            System = system,
            Builder = builder,
            Arguments = arguments,
            Environment = environment,
        };
    }

    private Dictionary<string, DerivationOutput> ReadOutputs()
    {
        var outputs = new Dictionary<string, DerivationOutput>(1);
        if (!_reader.BeginList())
        {
            return outputs;
        }

        do
        {
            _reader.Expect("("u8);
            var output = _reader.ReadString();
            _reader.Expect(","u8);
            var path = _reader.ReadString();
            _reader.Expect(","u8);
            var algorithm = _reader.ReadString();
            _reader.Expect(","u8);
            var hash = _reader.ReadString();
            DerivationOutput value;
            try
            {
                value = OutputFields.Read(name, output, path, algorithm, hash, directory);
            }
            catch (NixFormatException error)
            {
                throw At(error);
            }

            if (!outputs.TryAdd(output, value))
            {
                throw _reader.Invalid($"the output '{output}' is there twice");
            }

            _reader.Expect(")"u8);
        }
        while (_reader.NextInList());
        return outputs;
    }

    private Dictionary<StorePath, DerivationInput> ReadInputs(bool isDynamic)
    {
        var inputs = new Dictionary<StorePath, DerivationInput>();
        if (!_reader.BeginList())
        {
            return inputs;
        }

        do
        {
            _reader.Expect("("u8);
            var path = ReadPath();
            _reader.Expect(","u8);
            if (!inputs.TryAdd(path, ReadInput(isDynamic, 0)))
            {
                throw _reader.Invalid($"the input {path} is there twice");
            }

            _reader.Expect(")"u8);
        }
        while (_reader.NextInList());
        return inputs;
    }

    private DerivationInput ReadInput(bool isDynamic, int depth)
    {
        if (!isDynamic || !_reader.TryTake("("u8))
        {
            return new DerivationInput { Outputs = ReadNames() };
        }

        if (depth == MaxDepth)
        {
            throw _reader.Invalid($"derivations are outputs of derivations more than {MaxDepth} deep");
        }

        var outputs = ReadNames();
        var dynamic = new Dictionary<string, DerivationInput>();
        _reader.Expect(","u8);
        if (_reader.BeginList())
        {
            do
            {
                _reader.Expect("("u8);
                var output = _reader.ReadString();
                _reader.Expect(","u8);
                if (!dynamic.TryAdd(output, ReadInput(isDynamic, depth + 1)))
                {
                    throw _reader.Invalid($"the output '{output}' is there twice");
                }

                _reader.Expect(")"u8);
            }
            while (_reader.NextInList());
        }

        _reader.Expect(")"u8);
        return new DerivationInput { Outputs = outputs, DynamicOutputs = dynamic };
    }

    private IReadOnlyList<string> ReadNames()
    {
        var names = ReadStrings();
        return names.Distinct(StringComparer.Ordinal).Count() == names.Count
            ? InByteOrder.Sorted(names)
            : throw _reader.Invalid("an output of an input is there twice");
    }

    private HashSet<StorePath> ReadSources()
    {
        var sources = new HashSet<StorePath>();
        if (_reader.BeginList())
        {
            do
            {
                var path = ReadPath();
                if (!sources.Add(path))
                {
                    throw _reader.Invalid($"the input {path} is there twice");
                }
            }
            while (_reader.NextInList());
        }

        return sources;
    }

    private Dictionary<string, string> ReadEnvironment()
    {
        var environment = new Dictionary<string, string>(16);
        if (!_reader.BeginList())
        {
            return environment;
        }

        do
        {
            _reader.Expect("("u8);
            var variable = _reader.ReadString();
            _reader.Expect(","u8);
            if (!environment.TryAdd(variable, _reader.ReadString()))
            {
                throw _reader.Invalid($"the variable '{variable}' is there twice");
            }

            _reader.Expect(")"u8);
        }
        while (_reader.NextInList());
        return environment;
    }

    private List<string> ReadStrings()
    {
        var strings = new List<string>();
        if (_reader.BeginList())
        {
            do
            {
                strings.Add(_reader.ReadString());
            }
            while (_reader.NextInList());
        }

        return strings;
    }

    private StorePath ReadPath()
    {
        try
        {
            return StorePath.Parse(_reader.ReadString(), directory);
        }
        catch (NixFormatException error) when (error.Offset is null)
        {
            throw At(error);
        }
    }

    private readonly NixFormatException At(NixFormatException error) =>
        new(error.Code, $"This is not a derivation: {error.Message}", _reader.Position, error);
}
